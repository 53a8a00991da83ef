/**
 * What a learner types to finish a lab, as data, and how it is replayed in real terminals: by `labs verify`, by tests and
 * by "reset to this step".
 */

import type { LineChange } from '#labs/protocol/edit.ts'
import type { ClusterState, LabSessionState, NodeState } from '#labs/protocol/live.ts'
import type { Fault } from '#labs/protocol/observation.ts'

/** Fixed, or known only while the lab runs: read off what the learner sees then. */
export type Told<Value> = Value | ((see: LabSessionState) => Value)
/** Read off what a terminal has shown since its last command, as plain text. `terminal` left out: the host's first. */
export type Shown = {
  host: Told<string>
  terminal?: string
  tell: (shown: string, see: LabSessionState) => string
  /** what a person reads in its place */
  as?: string
}

type Where = {
  /** the learner's name for a terminal of that host; opened when first used */
  terminal?: string
  /** left out: the lab's first host */
  host?: Told<string>
}

export type Action =
  /** a command at the prompt; `wait: false` where it does not come back (a server, a console producer) */
  | ({ do: 'run'; command: Told<string> | Shown; wait: boolean } & Where)
  /** keys for whatever runs there */
  | ({ do: 'keys'; keys: string } & Where)
  /** wait until the terminal has shown this since its last command */
  | ({ do: 'shows'; text: RegExp } & Where)
  | { do: 'answer'; step: string; given: Told<string> | Shown }
  | { do: 'predict'; step: string; given: Told<string> | Shown }
  /** the button of a check that has a trial; goes on when that has ended */
  | { do: 'try'; check: string }
  /** lines changed in the editor of the page, and saved; the path is below its directory */
  | { do: 'edit'; path: string; change: LineChange }
  /** a button of the panel */
  | { do: 'fault'; fault: Told<Fault> }
  /** look at the panel until it shows this */
  | { do: 'wait'; holds: (see: LabSessionState) => boolean; what: string; limitMs: number }

export const run = (command: Told<string> | Shown, where: Where & { wait?: boolean } = {}): Action => ({
  do: 'run',
  command,
  wait: true,
  ...where,
})
export const keys = (typed: string, where: Where = {}): Action => ({ do: 'keys', keys: typed, ...where })
export const shows = (text: RegExp, where: Where = {}): Action => ({ do: 'shows', text, ...where })
/** What the learner answers to a step's question. @public */
export const answer = (step: string, given: Told<string> | Shown): Action => ({ do: 'answer', step, given })
/** What the learner guesses before a step begins. @public */
export const predict = (step: string, given: Told<string> | Shown): Action => ({ do: 'predict', step, given })
/** The trial of this check, asked for. @public */
export const tryIt = (check: string): Action => ({ do: 'try', check })
/** In a file of the lab's editor these lines in the place of those, once. @public */
export const edit = (path: string, from: string, to: string): Action => ({ do: 'edit', path, change: { from, to } })
/** A button of the panel, pressed. @public */
export const fault = (what: Told<Fault>): Action => ({ do: 'fault', fault: what })

/** A JVM that starts and an election, on a busy machine. */
const WAIT_LIMIT_MS = 60_000
/** @param what for the message when the limit has passed: "the new leader" @public */
export const waitFor = (
  holds: (see: LabSessionState) => boolean,
  what: string,
  limitMs: number = WAIT_LIMIT_MS,
): Action => ({ do: 'wait', holds, what, limitMs })

/** The first one where none is named. @throws Error where there is none of that name @public */
export const clusterOf = (see: LabSessionState, cluster?: string): ClusterState => {
  const found = cluster === undefined ? see.clusters[0] : see.clusters.find(({ name }) => name === cluster)
  if (!found) throw new Error(`no cluster ${cluster ?? ''} is shown`)
  return found
}
const nodeWhere = (see: LabSessionState, holds: (node: NodeState) => boolean, what: string, cluster?: string) => {
  const node = clusterOf(see, cluster).nodes.find(holds)
  if (!node) throw new Error(`no host is shown as ${what}`)
  return node
}
/** The host of the active controller as the panel shows it. @throws Error while none is known @public */
export const leaderHost = (see: LabSessionState, cluster?: string): string =>
  nodeWhere(see, ({ leads }) => leads, 'the active controller', cluster).host
/** The first host whose node does not answer. @throws Error where all do @public */
export const downHost = (see: LabSessionState, cluster?: string): string =>
  nodeWhere(see, ({ up }) => !up, 'down', cluster).host

/** For `waitFor`: its process has ended and nothing answers any more. Which of the two is seen first differs. @public */
export const hasStopped =
  (host: string) =>
  (see: LabSessionState): boolean =>
    see.clusters.some(({ nodes }) => nodes.some((node) => node.host === host && node.process === 'none' && !node.up))

/** For `waitFor`: this check has passed. @public */
export const hasPassed =
  (check: string) =>
  (see: LabSessionState): boolean =>
    see.steps.some(({ checks }) => checks.some(({ id, passedAt }) => id === check && passedAt !== null))

/**
 * What stands in brackets in `text`, where a terminal of that host shows it last.
 * @throws Error with what it shows instead @public
 */
export const read = (text: RegExp, where: { host: Told<string>; terminal?: string }): Shown => ({
  ...where,
  tell: (shown) => {
    const found = [...shown.matchAll(new RegExp(text, `${text.flags}g`))].at(-1)?.[1]
    if (found === undefined) throw new Error(`the terminal does not show ${text}, but ${shown.slice(-READ_TAIL_CHARS)}`)
    return found
  },
})
const READ_TAIL_CHARS = 500

export const CTRL_C = '\x03'
export const CTRL_D = '\x04'
export const ENTER = '\r'

/** By step id: what to do to pass it. */
export type Solution = Record<string, Action[]>
export const defineSolution = (solution: Solution): Solution => solution
/** The same for a lab with variants, by the variant's name; also of near misses. @public */
export const ofVariants = <Kind extends Solution | Wrong>(all: Record<string, Kind>): Record<string, Kind> => all

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
  /** what the panel shows now */
  see(): LabSessionState
  /** @param name of the terminal among those of its host */
  terminal(name: string, host: string): Promise<ReplayTerminal>
  /** what that terminal has shown since the last `type`, without control sequences; '' where there is none */
  output(name: string, host: string): string
  answer(step: string, given: string): Promise<void>
  predict(step: string, given: string): Promise<void>
  /** resolves when the check's trial has ended; rejects where it is refused */
  tryIt(check: string): Promise<void>
  /** rejects where the lines are not there, once, or it cannot be saved */
  edit(path: string, change: LineChange): Promise<void>
  /** rejects where the fault is refused */
  fault(what: Fault): Promise<void>
  /** rejects after the limit with what was seen last */
  until(holds: (see: LabSessionState) => boolean, what: string, limitMs: number): Promise<void>
}

const FIRST_TERMINAL = 'main'
/** An orderly end of a broker, on a busy machine. */
const STOPPING_MS = 60_000

const hasEnded =
  (host: string) =>
  (see: LabSessionState): boolean =>
    see.clusters.every(({ nodes }) =>
      nodes.every((node) => node.host !== host || node.process === null || node.process === 'none'),
    )

export async function replay(actions: Action[], driver: ReplayDriver, firstHost: string): Promise<void> {
  const told = <Value>(what: Told<Value>): Value =>
    typeof what === 'function' ? (what as (see: LabSessionState) => Value)(driver.see()) : what
  const given = (what: Told<string> | Shown): string =>
    typeof what === 'object'
      ? what.tell(driver.output(what.terminal ?? FIRST_TERMINAL, told(what.host)), driver.see())
      : told(what)
  for (const action of actions) {
    switch (action.do) {
      case 'answer':
        await driver.answer(action.step, given(action.given))
        break
      case 'predict':
        await driver.predict(action.step, given(action.given))
        break
      case 'try':
        await driver.tryIt(action.check)
        break
      case 'edit':
        await driver.edit(action.path, action.change)
        break
      case 'fault': {
        const fault = told(action.fault)
        // What was asked to stop is silent before its process ends: a person too would wait for that.
        if (fault.action === 'start')
          await driver.until(hasEnded(fault.host), `the process on ${fault.host} to end`, STOPPING_MS)
        await driver.fault(fault)
        break
      }
      case 'wait':
        await driver.until(action.holds, action.what, action.limitMs)
        break
      default: {
        const terminal = await driver.terminal(action.terminal ?? FIRST_TERMINAL, told(action.host ?? firstHost))
        await inTerminal(action, terminal, given)
      }
    }
  }
}

async function inTerminal(
  action: Extract<Action, { do: 'run' | 'keys' | 'shows' }>,
  terminal: ReplayTerminal,
  given: (what: Told<string> | Shown) => string,
): Promise<void> {
  switch (action.do) {
    case 'run':
      await terminal.prompt()
      await terminal.type(given(action.command) + ENTER)
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
