/** A real gateway on a data folder of its own, as the supervisor would start it, and a learner's browser for it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { type LabSessionState, type ToBrowser, type ToGateway, toBrowser } from '#labs/protocol/live.ts'
import { roomsRunDirectory } from '#labs/sandbox/room.ts'
import { freePort } from '#supervisor/process.ts'
import { ROOT } from './database.ts'

const START_LIMIT_MS = 30_000
const STOP_LIMIT_MS = 30_000
const POLL_MS = 50
const SHOWN_TAIL_CHARS = 2_000
/** A JVM on a busy machine. */
const SHOWN_LIMIT_MS = 60_000

export type Gateway = {
  url: string
  process: ChildProcess
  /** what it said on stderr */
  log(): string
  /** ends it in order, rooms and all */
  stop(): Promise<number | null>
  kill(): Promise<void>
}

export async function startGateway(data: string, environment: Record<string, string> = {}): Promise<Gateway> {
  const port = await freePort()
  const child = spawn(process.execPath, [join(ROOT, 'dist/gateway.mjs')], {
    cwd: ROOT,
    env: {
      ...process.env,
      NODE_ENV: 'production',
      ...environment,
      KRAFTLAB_ROOT: ROOT,
      KRAFTLAB_DATA: data,
      KRAFTLAB_GATEWAY_PORT: String(port),
    },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let log = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString()
  })
  const ended = once(child, 'exit') as Promise<[number | null]>
  const endedWithin = async () => {
    const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
    const [status] = await ended
    clearTimeout(limit)
    return status
  }
  const gateway: Gateway = {
    url: `http://127.0.0.1:${port}`,
    process: child,
    log: () => log,
    stop: () => {
      child.kill('SIGTERM')
      return endedWithin()
    },
    kill: async () => {
      child.kill('SIGKILL')
      await endedWithin()
    },
  }
  onTestFinished(async () => {
    await gateway.stop()
    await rm(roomsRunDirectory(data), { recursive: true, force: true })
  })
  const until = Date.now() + START_LIMIT_MS
  while (!(await answers(gateway.url))) {
    if (child.exitCode !== null) throw new Error(`the gateway ended with ${child.exitCode}:\n${log}`)
    if (Date.now() > until) throw new Error(`the gateway did not answer within ${START_LIMIT_MS} ms:\n${log}`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  return gateway
}

const answers = (url: string) =>
  fetch(`${url}/gateway/health`).then(
    (response) => response.ok,
    () => false,
  )

export type Answer = { status: number; body: Record<string, unknown> & { id: string; code?: string; message?: string } }

/** A request as a page of the site sends it; what is given replaces its parts. */
export async function ask(
  gateway: Gateway,
  method: string,
  path: string,
  options: { cookie?: string; body?: unknown; raw?: string; headers?: Record<string, string | null> } = {},
): Promise<Answer> {
  const { cookie, body, raw, headers = {} } = options
  const all: Record<string, string | null | undefined> = {
    origin: gateway.url,
    cookie,
    'content-type': body === undefined && raw === undefined ? undefined : 'application/json',
    ...headers,
  }
  const given = Object.entries(all).filter((one): one is [string, string] => typeof one[1] === 'string')
  const response = await fetch(gateway.url + path, {
    method,
    headers: given,
    body: raw ?? (body === undefined ? undefined : JSON.stringify(body)),
  })
  return { status: response.status, body: (await response.json()) as Answer['body'] }
}

/** One tab of a learner's browser. */
export class Browser {
  state: LabSessionState | null = null
  readonly messages: ToBrowser[] = []
  private readonly screens = new Map<string, string>()
  readonly closed: Promise<number>

  private constructor(readonly socket: WebSocket) {
    this.closed = new Promise((resolve) => socket.once('close', resolve))
    // A connection that was cut closes, too.
    socket.on('error', () => {})
    socket.on('message', (data) => this.onMessage(toBrowser.parse(JSON.parse(String(data)))))
    onTestFinished(() => socket.terminate())
  }

  /** @throws Error `Unexpected server response: 403` where the gateway refuses */
  static async open(
    gateway: Gateway,
    id: string,
    cookie: string | undefined,
    headers: Record<string, string> = {},
    /** the class of an instructor who looks */
    taughtIn: string | null = null,
  ): Promise<Browser> {
    const query = taughtIn === null ? '' : `?class=${taughtIn}`
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/gateway/lab-sessions/${id}/live${query}`, {
      headers: { origin: gateway.url, ...(cookie ? { cookie } : {}), ...headers },
    })
    const browser = new Browser(socket)
    await once(socket, 'open')
    return browser
  }

  send(message: ToGateway): void {
    this.socket.send(JSON.stringify(message))
  }

  /** A new terminal, attached. @returns its id */
  async openTerminal(host: string): Promise<string> {
    const before = this.messages.length
    this.send({ type: 'terminal.open', host, cols: 100, rows: 30 })
    const opened = await this.until(
      () => this.messages.slice(before).find((one) => one.type === 'opened'),
      'a terminal',
    )
    this.attach(opened.terminal)
    return opened.terminal
  }

  attach(terminal: string): void {
    this.send({ type: 'terminal.attach', terminal, visible: true, cols: 100, rows: 30 })
  }

  type(terminal: string, data: string): void {
    this.send({ type: 'terminal.input', terminal, data })
  }

  shows(terminal: string, text: string): Promise<boolean> {
    return this.until(
      () => this.screens.get(terminal)?.includes(text),
      () => `${text}; ${this.seenIn(terminal)}`,
    )
  }

  /** For the message of what was awaited in vain. */
  seenIn(terminal: string): string {
    return `the terminal shows ${JSON.stringify(this.screens.get(terminal)?.slice(-SHOWN_TAIL_CHARS))}`
  }

  room(status: LabSessionState['room']['status']): Promise<boolean> {
    return this.until(
      () => {
        const now = this.state?.room
        if (now?.status === 'failed' && status !== 'failed') throw new Error(`the room failed: ${now.says}`)
        return now?.status === status
      },
      () => `the room to be ${status}; it is ${JSON.stringify(this.state?.room)}`,
    )
  }

  check(id: string) {
    return this.state?.steps.flatMap(({ checks }) => checks).find((check) => check.id === id)
  }

  async until<Found>(
    look: () => Found | undefined | false | null | Promise<Found | undefined | false | null>,
    what: string | (() => string),
  ): Promise<Found> {
    const until = Date.now() + SHOWN_LIMIT_MS
    for (;;) {
      const found = await look()
      if (found) return found
      if (Date.now() > until) {
        throw new Error(`waited ${SHOWN_LIMIT_MS} ms for ${typeof what === 'string' ? what : what()}`)
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  }

  private onMessage(message: ToBrowser): void {
    this.messages.push(message)
    if (message.type === 'state') this.state = message.state
    if (message.type === 'terminal.screen') this.screens.set(message.terminal, message.data)
    if (message.type === 'terminal.output') {
      this.screens.set(message.terminal, (this.screens.get(message.terminal) ?? '') + message.data)
    }
    if (message.type === 'terminal.output') {
      this.send({ type: 'terminal.acknowledge', terminal: message.terminal, chars: message.data.length })
    }
  }
}
