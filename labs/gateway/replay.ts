/** "Reset to this step": the solution, typed by the gateway into terminals of a fresh room, as `labs verify` does. */
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { LabSession } from '#labs/engine/lab-session.ts'
import { ReplayScreen } from '#labs/engine/replay-terminal.ts'
import { type ReplayDriver, type ReplayTerminal, replay, type Solution } from '#labs/engine/solution.ts'
import { stepsBefore } from '#labs/engine/steps.ts'
import { changeLines, type LineChange } from '#labs/protocol/edit.ts'
import type { LabSessionState, ToBrowser } from '#labs/protocol/live.ts'
import type { Fault } from '#labs/protocol/observation.ts'
import type { Terminal } from '#labs/protocol/room.ts'
import type { Room } from '#labs/sandbox/room.ts'
import type { Files } from './files.ts'

/** All steps of the longest lab, on a busy machine. */
export const REPLAY_LIMIT_MS = 6 * 60_000
/** From the last key of a step to its last pass, as `labs verify` allows. */
const PASS_LIMIT_MS = 60_000
const POLL_MS = 200
const SIZE = { cols: 160, rows: 40 }
const MAX_DOING_CHARS = 160

/** What the replay needs of the lab session that it is for. */
export type ReplayedRoom = {
  engine: LabSession
  room: Room
  /** with what is hidden from the learner meanwhile */
  see: () => LabSessionState
  terminals: () => Terminal[]
  attach: (viewer: string, terminal: string, show: (message: ToBrowser) => void) => void
  detach: (viewer: string) => void
  files: Files
  /** settled when the check's trial has ended */
  tryIt: (check: string) => Promise<void>
  /** what it does now */
  doing: (what: string, stepsDone: number) => void
  /** cancelled by the learner, or too long */
  signal: AbortSignal
}

/** @throws Error that says in which step, and why; the signal's reason where it was aborted */
export async function replayUpTo(step: string, solution: Solution, of: ReplayedRoom): Promise<void> {
  const driver = new GatewayDriver(of)
  const { lab } = of.engine
  try {
    for (const [at, one] of stepsBefore(lab, step).entries()) {
      driver.stepsDone = at
      const isDone = ({ steps }: LabSessionState) => steps.find(({ id }) => id === one.id)?.status === 'passed'
      try {
        // A room that has just started does not show its first step as open yet.
        await driver.until(
          ({ steps }) => steps.find(({ id }) => id === one.id)?.status !== 'closed',
          `step “${one.title}” to open`,
          PASS_LIMIT_MS,
        )
        await replay(solution[one.id] ?? [], driver, lab.hosts[0]!.name)
        await driver.until(isDone, `step “${one.title}” to pass`, PASS_LIMIT_MS)
      } catch (error) {
        of.signal.throwIfAborted()
        throw new Error(`In step “${one.title}”: ${error instanceof Error ? error.message : error}`, { cause: error })
      }
    }
  } finally {
    driver.leave()
  }
}

class GatewayDriver implements ReplayDriver {
  stepsDone = 0
  private readonly screens = new Map<string, { screen: ReplayScreen; viewer: string }>()

  constructor(private readonly of: ReplayedRoom) {}

  see(): LabSessionState {
    return this.of.see()
  }

  async terminal(name: string, host: string): Promise<ReplayTerminal> {
    this.of.signal.throwIfAborted()
    const key = `${host} ${name}`
    const known = this.screens.get(key)
    if (known) return known.screen
    const { room, signal } = this.of
    const { terminal } = await room.call({ type: 'terminal.open', host, ...SIZE })
    if (!terminal) throw new Error(`${host} has no terminal`)
    const viewer = `replay.${this.screens.size}`
    const screen = new ReplayScreen({
      input: (data) => {
        this.doing(`${host}: ${data.trim()}`)
        room.send({ type: 'terminal.input', terminal, data })
      },
      atPrompt: () => this.of.terminals().find(({ id }) => id === terminal)?.atPrompt === true,
      signal,
    })
    this.of.attach(viewer, terminal, (message) => {
      if (message.type === 'terminal.screen') screen.screen(message.data)
      if (message.type !== 'terminal.output') return
      screen.output(message.data)
      room.send({ type: 'viewer.acknowledge', viewer, chars: message.data.length })
    })
    room.send({ type: 'viewer.attach', viewer, terminal, visible: true, watches: false, ...SIZE })
    this.screens.set(key, { screen, viewer })
    return screen
  }

  output(name: string, host: string): string {
    return this.screens.get(`${host} ${name}`)?.screen.text ?? ''
  }

  async answer(step: string, given: string): Promise<void> {
    this.doing(given)
    this.of.engine.answer(step, given)
    await this.of.engine.settled()
  }

  /** Nobody guesses: a step begins without it. */
  async predict(): Promise<void> {}

  async tryIt(check: string): Promise<void> {
    this.of.signal.throwIfAborted()
    this.doing(`try ${check}`)
    await this.of.tryIt(check)
  }

  async edit(path: string, change: LineChange): Promise<void> {
    this.of.signal.throwIfAborted()
    this.doing(`edit ${path}`)
    const file = await this.of.files.read(path)
    const changed = file.state === 'text' ? changeLines(file.text, change) : file
    if (file.state !== 'text' || changed.state !== 'changed') throw new Error(`${path}: ${changed.state}`)
    const saved = await this.of.files.save(path, Buffer.from(changed.text).toString('base64'), file.hash)
    if (saved.state !== 'saved') throw new Error(`${path} could not be saved: ${saved.state}`)
  }

  async fault(what: Fault): Promise<void> {
    this.of.signal.throwIfAborted()
    this.doing(`${what.action}${'host' in what && what.host ? ` ${what.host}` : ''}`)
    await this.of.room.call({ type: 'fault', fault: what, by: 'lab' })
  }

  async until(holds: (see: LabSessionState) => boolean, what: string, limitMs: number): Promise<void> {
    const until = Date.now() + limitMs
    this.doing(what)
    while (!holds(this.see())) {
      if (Date.now() > until) throw new Error(`waited ${Math.round(limitMs / 1000)} s for ${what}`)
      // It looks again when something changed, and for terminals, which are not in the history, now and then.
      const changed = new AbortController()
      const signal = AbortSignal.any([this.of.signal, changed.signal])
      try {
        await Promise.race([once(this.of.engine, 'changed', { signal }), delay(POLL_MS, undefined, { signal })])
      } finally {
        changed.abort()
      }
      for (const { screen } of this.screens.values()) screen.changed()
    }
  }

  leave(): void {
    for (const { viewer } of this.screens.values()) this.of.detach(viewer)
    this.screens.clear()
  }

  private doing(what: string): void {
    this.of.doing(what.slice(0, MAX_DOING_CHARS), this.stepsDone)
  }
}
