/**
 * What a learner types to finish a lab, as data, and how it is replayed in real terminals: by `labs verify`, by tests and
 * by "reset to this step".
 */

type Where = {
  /** the learner's name for a terminal; opened when first used */
  terminal?: string
  /** left out: the lab's first host */
  host?: string
}

export type Action =
  /** a command at the prompt; `wait: false` where it does not come back (a server, a console producer) */
  | ({ do: 'run'; command: string; wait: boolean } & Where)
  /** keys for whatever runs there */
  | ({ do: 'keys'; keys: string } & Where)
  /** wait until the terminal has shown this since its last command */
  | ({ do: 'shows'; text: RegExp } & Where)
  | { do: 'answer'; step: string; given: string }

export const run = (command: string, where: Where & { wait?: boolean } = {}): Action => ({
  do: 'run',
  command,
  wait: true,
  ...where,
})
export const keys = (typed: string, where: Where = {}): Action => ({ do: 'keys', keys: typed, ...where })
export const shows = (text: RegExp, where: Where = {}): Action => ({ do: 'shows', text, ...where })
/** What the learner answers to a step's question. @public */
export const answer = (step: string, given: string): Action => ({ do: 'answer', step, given })

export const CTRL_C = '\x03'
export const CTRL_D = '\x04'
export const ENTER = '\r'

/** By step id: what to do to pass it. */
export type Solution = Record<string, Action[]>
export const defineSolution = (solution: Solution): Solution => solution

/**
 * By check id: a near miss. The steps before the check's own are solved as in solution.ts, then this is done: everything
 * is right but the property that the check is about.
 */
export type Wrong = Record<string, { why: string; do: Action[] }>
export const defineWrong = (wrong: Wrong): Wrong => wrong

/** One terminal as a person sees it. */
export type ReplayTerminal = {
  /** resolves when a shell waits for a command; rejects after the limit with what was seen last */
  prompt(): Promise<void>
  type(text: string): Promise<void>
  /** resolves when the text has appeared since the last `type`; rejects after the limit */
  shows(text: RegExp): Promise<void>
}
export type ReplayDriver = {
  terminal(name: string, host: string): Promise<ReplayTerminal>
  answer(step: string, given: string): Promise<void>
}

const FIRST_TERMINAL = 'main'

export async function replay(actions: Action[], driver: ReplayDriver, firstHost: string): Promise<void> {
  for (const action of actions) {
    if (action.do === 'answer') {
      await driver.answer(action.step, action.given)
      continue
    }
    const terminal = await driver.terminal(action.terminal ?? FIRST_TERMINAL, action.host ?? firstHost)
    switch (action.do) {
      case 'run':
        await terminal.prompt()
        await terminal.type(action.command + ENTER)
        if (action.wait) await terminal.prompt()
        break
      case 'keys':
        await terminal.type(action.keys)
        break
      case 'shows':
        await terminal.shows(action.text)
        break
    }
  }
}
