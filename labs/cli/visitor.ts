/** A learner without a browser: signs in as a guest, starts a lab and uses its terminals over the same streams. */
import { EventEmitter, once } from 'node:events'
import { WebSocket } from 'ws'
import type { Lab } from '#labs/engine/define.ts'
import { ReplayScreen } from '#labs/engine/replay-terminal.ts'
import type { ReplayDriver } from '#labs/engine/solution.ts'
import { changeLines, type LineChange } from '#labs/protocol/edit.ts'
import { type LabSessionState, type ToBrowser, type ToGateway, toBrowser } from '#labs/protocol/live.ts'
import type { Fault } from '#labs/protocol/observation.ts'

const SIZE = { cols: 160, rows: 40 }
/** A room may have much to do before it is shown (labs/sandbox/prepare.ts). */
const ROOM_LIMIT_MS = 150_000
const REPLY_LIMIT_MS = 20_000
/** A fresh cluster and some JVMs, on a busy machine (labs/gateway/trial.ts). */
const TRIAL_LIMIT_MS = 180_000
/** A node that is stopped in order hands its partitions over first. */
const FAULT_LIMIT_MS = 60_000

export async function signInAsGuest(url: string): Promise<string> {
  const response = await fetch(`${url}/api/auth/sign-in/anonymous`, {
    method: 'POST',
    headers: { origin: url, 'content-type': 'application/json' },
    body: '{}',
  })
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0])
  if (!response.ok || cookies.length === 0) throw new Error(`signing in as a guest failed with ${response.status}`)
  return cookies.join('; ')
}

type Events = { state: [LabSessionState]; message: [ToBrowser]; closed: [] }

export class Visitor extends EventEmitter<Events> implements ReplayDriver {
  private readonly terminals = new Map<string, ReplayScreen>()
  state: LabSessionState | null = null
  /** ms since 1970 of the last key typed */
  lastKeyAt = 0

  private constructor(
    private readonly url: string,
    readonly cookie: string,
    readonly id: string,
    private readonly socket: WebSocket,
  ) {
    super()
    this.setMaxListeners(100)
    socket.on('message', (data) => this.onMessage(String(data)))
    socket.on('close', () => this.emit('closed'))
    socket.on('error', () => this.emit('closed'))
  }

  /** Starts the lab and waits until its room is ready. */
  static async start(
    url: string,
    lab: string,
    { cookie, variant = null }: { cookie?: string; variant?: string | null } = {},
  ): Promise<Visitor> {
    const signedIn = cookie ?? (await signInAsGuest(url))
    const { id } = await post<{ id: string }>(url, '/gateway/lab-sessions', signedIn, { lab, variant })
    const socket = new WebSocket(`${url.replace('http', 'ws')}/gateway/lab-sessions/${id}/live`, {
      headers: { cookie: signedIn, origin: url },
    })
    const visitor = new Visitor(url, signedIn, id, socket)
    await once(socket, 'open', { signal: AbortSignal.timeout(REPLY_LIMIT_MS) })
    await visitor.until((state) => state.room.status !== 'starting', 'the room to be ready', ROOM_LIMIT_MS)
    if (visitor.state?.room.status !== 'ready') throw new Error(`the room did not start: ${visitor.state?.room.says}`)
    return visitor
  }

  /** @throws Error naming what was awaited, for how long, and the last state of the checks */
  async until(holds: (state: LabSessionState) => boolean, what: string, limitMs: number): Promise<void> {
    const signal = AbortSignal.timeout(limitMs)
    try {
      while (!this.state || !holds(this.state)) await once(this, 'state', { signal })
    } catch (error) {
      const checks = this.state?.steps.flatMap((step) => step.checks).filter(({ status }) => status === 'open')
      const seen = checks?.map(({ id, says }) => `${id}: ${says}`).join('; ')
      throw new Error(`waited ${limitMs} ms for ${what}; last seen: ${this.state?.room.status}; ${seen}`, {
        cause: error,
      })
    }
  }

  send(message: ToGateway): void {
    if (message.type === 'terminal.input') this.lastKeyAt = Date.now()
    this.socket.send(JSON.stringify(message))
  }

  see(): LabSessionState {
    if (!this.state) throw new Error('nothing was shown yet')
    return this.state
  }

  async terminal(name: string, host: string): Promise<ReplayScreen> {
    const key = `${host} ${name}`
    const known = this.terminals.get(key)
    if (known) return known
    const opened = this.next((message) => message.type === 'opened' || message.type === 'error')
    this.send({ type: 'terminal.open', host, ...SIZE })
    const reply = await opened
    if (reply.type !== 'opened') throw new Error(`no terminal: ${reply.type === 'error' ? reply.message : reply.type}`)
    const id = reply.terminal
    const screen = new ReplayScreen({
      input: (data) => this.send({ type: 'terminal.input', terminal: id, data }),
      atPrompt: () => this.state?.terminals.find((one) => one.id === id)?.atPrompt === true,
    })
    this.on('state', () => screen.changed())
    this.on('message', (message) => {
      if ((message.type !== 'terminal.output' && message.type !== 'terminal.screen') || message.terminal !== id) return
      if (message.type === 'terminal.screen') return screen.screen(message.data)
      screen.output(message.data)
      this.send({ type: 'terminal.acknowledge', terminal: id, chars: message.data.length })
    })
    this.terminals.set(key, screen)
    this.send({ type: 'terminal.attach', terminal: id, visible: true, ...SIZE })
    return screen
  }

  output(name: string, host: string): string {
    return this.terminals.get(`${host} ${name}`)?.text ?? ''
  }

  /** The same with its control sequences, the shell's marks among them. */
  raw(name: string, host: string): string {
    return this.terminals.get(`${host} ${name}`)?.raw ?? ''
  }

  async answer(step: string, given: string): Promise<void> {
    this.lastKeyAt = Date.now()
    this.send({ type: 'answer', step, given })
  }

  /** Waits until the step has begun. @throws Error where the guess cannot be graded, or came too late */
  async predict(step: string, given: string): Promise<void> {
    const isTaken = (message: ToBrowser) =>
      message.type === 'state' && typeof message.state.steps.find(({ id }) => id === step)?.predict?.given === 'string'
    const taken = this.next((message) => message.type === 'error' || message.type === 'refused' || isTaken(message))
    this.send({ type: 'predict', step, given })
    const reply = await taken
    if (reply.type === 'error') throw new Error(`the prediction ${given} was refused: ${reply.message}`)
    if (reply.type === 'refused') throw new Error(`the prediction ${given} was refused: ${reply.says}`)
    this.lastKeyAt = Date.now()
  }

  /** Waits until its result is there. @throws Error with what was said where it was refused */
  async tryIt(check: string): Promise<void> {
    const triedAt = ({ steps }: LabSessionState) =>
      steps.flatMap(({ checks }) => checks).find(({ id }) => id === check)?.trial?.at ?? null
    const before = triedAt(this.see())
    const isDone = (message: ToBrowser) => message.type === 'state' && triedAt(message.state) !== before
    const done = this.next((message) => message.type === 'error' || isDone(message), TRIAL_LIMIT_MS)
    this.send({ type: 'try', check })
    const reply = await done
    if (reply.type === 'error') throw new Error(`the trial of ${check} was refused: ${reply.message}`)
    this.lastKeyAt = Date.now()
  }

  /** As the page's editor does. @throws Error that says why it was not changed */
  async edit(path: string, change: LineChange): Promise<void> {
    const read = this.next((message) => (message.type === 'file' && message.path === path) || message.type === 'error')
    this.send({ type: 'file.read', path })
    const file = await read
    if (file.type !== 'file' || file.answer.state !== 'text') throw new Error(`${path} could not be read`)
    const changed = changeLines(file.answer.text, change)
    if (changed.state !== 'changed') throw new Error(`${path}: ${changed.state}: ${change.from}`)
    const saved = this.next(
      (message) => (message.type === 'file.saved' && message.path === path) || message.type === 'error',
    )
    const content = Buffer.from(changed.text).toString('base64')
    this.send({ type: 'file.save', path, content, was: file.answer.hash })
    const said = await saved
    if (said.type !== 'file.saved' || said.answer.state !== 'saved') throw new Error(`${path} could not be saved`)
    this.lastKeyAt = Date.now()
  }

  /** Waits until it was done. @throws Error with what was said where it was refused */
  async fault(fault: Fault): Promise<void> {
    this.lastKeyAt = Date.now()
    const isDone = (message: ToBrowser) =>
      message.type === 'timeline' &&
      !message.whole &&
      message.events.some(({ kind }) => kind === 'fault' || kind === 'network')
    const done = this.next((message) => message.type === 'error' || isDone(message), FAULT_LIMIT_MS)
    this.send({ type: 'fault', fault })
    const reply = await done
    if (reply.type === 'error') throw new Error(`${JSON.stringify(fault)} was refused: ${reply.message}`)
    this.lastKeyAt = Date.now()
  }

  /** All checks judged now; only where the server was started with KRAFTLAB_VERIFY=1. */
  assess(): Promise<Assessment[]> {
    return post(this.url, `/gateway/lab-sessions/${this.id}/assess`, this.cookie, {})
  }

  async end(): Promise<void> {
    this.socket.close()
    await fetch(`${this.url}/gateway/lab-sessions/${this.id}`, {
      method: 'DELETE',
      headers: { cookie: this.cookie, origin: this.url },
      signal: AbortSignal.timeout(REPLY_LIMIT_MS),
    })
  }

  private next(wanted: (message: ToBrowser) => boolean, limitMs = REPLY_LIMIT_MS): Promise<ToBrowser> {
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(limit)
        this.off('message', look)
      }
      const look = (message: ToBrowser) => {
        if (!wanted(message)) return
        done()
        resolve(message)
      }
      const limit = setTimeout(() => {
        done()
        reject(new Error(`no answer within ${limitMs} ms`))
      }, limitMs)
      this.on('message', look)
    })
  }

  private onMessage(text: string): void {
    const message = toBrowser.parse(JSON.parse(text))
    if (message.type === 'state') {
      this.state = message.state
      this.emit('state', message.state)
    }
    this.emit('message', message)
  }
}

export type Assessment = { id: string; step: string; passed: boolean; says: string; evidence: unknown }

async function post<Result>(url: string, path: string, cookie: string, body: unknown): Promise<Result> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { cookie, origin: url, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(REPLY_LIMIT_MS),
  })
  const result = await response.json()
  if (!response.ok) throw new Error(`${path}: ${response.status} ${(result as { message?: string }).message ?? ''}`)
  return result as Result
}

/** The nodes that the room runs from its start answer and work. One that was prepared may be down on purpose. */
export function allUp(lab: Lab, see: LabSessionState): boolean {
  if (lab.prepare.length > 0) return true
  const nodes = see.clusters.flatMap((cluster) => cluster.nodes)
  const isUp = (host: string) =>
    nodes.some((node) => node.host === host && node.up && (!node.roles.includes('broker') || node.fenced === false))
  return Object.values(lab.clusters).every((cluster) =>
    cluster.nodes.every(({ host, running }) => !running || isUp(host)),
  )
}
