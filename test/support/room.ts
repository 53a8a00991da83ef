/** Real rooms for tests, started as root and as an ordinary user, and a learner in them: types, looks, runs commands. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { SerializeAddon } from '@xterm/addon-serialize'
import { Terminal as Screen } from '@xterm/headless'
import { build } from 'esbuild'
import { expect } from 'vitest'
import { type Installation, readInstallation } from '#config/installation.ts'
import type { Fault, Observation } from '#labs/protocol/observation.ts'
import type { FromSwitch, RoomPlan } from '#labs/protocol/room.ts'
import { findRooms, type Room, roomsRunDirectory, startRoom } from '#labs/sandbox/room.ts'

/** Nobody's uid, as an ordinary user has one: without any privilege, and not the one that root's rooms get. */
const ORDINARY_USER = 61_234
const START_LIMIT_MS = 40_000
const SHOWN_LIMIT_MS = 20_000
const POLL_MS = 20

const isRoot = process.getuid?.() === 0
/** Whose rooms can be tested here. */
export const OWNERS = isRoot ? (['root', 'user'] as const) : (['user'] as const)
export type Owner = 'root' | 'user'

export const installation: Installation = readInstallation(process.cwd())

export async function until<Found>(
  look: () => Found | Promise<Found>,
  what: string | (() => string),
  limitMs = SHOWN_LIMIT_MS,
): Promise<NonNullable<Found>> {
  const end = Date.now() + limitMs
  for (;;) {
    const found = await look()
    if (found) return found
    if (Date.now() > end) throw new Error(`waited ${limitMs} ms for ${typeof what === 'string' ? what : what()}`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

export const planOf = (plan: Partial<RoomPlan> = {}): RoomPlan => ({
  id: `test-${randomBytes(5).toString('hex')}`,
  hosts: [{ name: 'broker-1', address: 11 }],
  files: [],
  welcome: '',
  ...plan,
})

/** The switch is killed: the gateway is told, and sweeps; nothing of the room is left. */
export async function expectNothingAfterKilledSwitch(room: TestRoom): Promise<void> {
  const namespaces = room.namespaces()
  const gone = new Promise<string>((resolve) => room.room.once('gone', resolve))
  process.kill(room.switchPid(), 'SIGKILL')
  expect(await gone).toContain('stopped')
  await room.room.end()
  expect(remains(room, namespaces)).toEqual([])
}

export type Place = { owner: Owner; data: string; runDir: string; remove(): void }

/** A data folder's rooms. As the user, the run directory is that user's. */
export function makePlace(owner: Owner): Place {
  const data = mkdtempSync(join(tmpdir(), 'kraftlab-test-'))
  chmodSync(data, 0o755)
  let runDir = owner === 'root' || !isRoot ? roomsRunDirectory(data) : ''
  return {
    owner,
    data,
    get runDir() {
      return runDir
    },
    set runDir(path) {
      runDir = path
    },
    remove: () => {
      rmSync(data, { recursive: true, force: true })
      if (runDir) rmSync(runDir, { recursive: true, force: true })
    },
  }
}

/** @throws as startRoom; for the user Error with what the driver said */
export async function start(place: Place, plan: RoomPlan, graceMs?: number): Promise<TestRoom> {
  const begun = performance.now()
  const room = await (place.owner === 'root' || !isRoot
    ? startRoom(plan, { installation, runDir: place.runDir, graceMs })
    : startAsUser(place, plan, graceMs))
  return new TestRoom(room, place, plan, performance.now() - begun)
}

async function startAsUser(place: Place, plan: RoomPlan, graceMs?: number): Promise<Room> {
  await driveAsUser(place, { plan, graceMs })
  const room = (await findRooms(place.runDir)).find(({ id }) => id === plan.id)
  if (!room) throw new Error('the room of the user was not there')
  return room
}

let driver: Promise<string> | undefined

/** What `room-driver.ts` does, as an ordinary user. */
export async function driveAsUser(
  place: Place,
  order: { plan: RoomPlan; graceMs?: number | undefined; ends?: boolean },
): Promise<void> {
  driver ??= buildDriver()
  const argument = JSON.stringify({ ...order, data: place.data, installation: { ...installation, roomUser: null } })
  const as = ['--reuid', String(ORDINARY_USER), '--regid', String(ORDINARY_USER), '--clear-groups']
  const program = await driver
  const ran = promisify(execFile)('setpriv', [...as, process.execPath, '--input-type=module', '-', argument], {
    cwd: '/',
    env: { PATH: process.env.PATH, HOME: '/' } as unknown as NodeJS.ProcessEnv,
    timeout: START_LIMIT_MS,
  })
  ran.child.stdin?.end(program)
  place.runDir = (await ran).stdout
}

async function buildDriver(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: process.cwd(),
    entryPoints: ['test/support/room-driver.ts'],
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'silent',
  })
  return outputFiles[0]!.text
}

export type Ran = { status: number; stdout: string; stderr: string }

export class TestRoom {
  readonly messages: FromSwitch[] = []
  private processes = 0
  private viewers = 0

  constructor(
    readonly room: Room,
    readonly place: Place,
    readonly plan: RoomPlan,
    readonly startMs: number,
  ) {
    this.listen(room)
    room.send({ type: 'hello', seen: 0 })
  }

  private listen(room: Room): void {
    room.on('message', (message) => {
      // A flood would fill the test's memory.
      if (message.type !== 'viewer.output') this.messages.push(message)
    })
  }

  get directory(): string {
    return join(this.place.runDir, this.plan.id)
  }
  /** The room's first process, as the machine counts. */
  get pid(): number {
    return Number.parseInt(readFileSync(join(this.directory, 'pid'), 'utf8'), 10)
  }
  get host(): string {
    return this.plan.hosts[0]!.name
  }
  get terminals() {
    const last = this.messages.findLast((one) => one.type === 'terminals' || one.type === 'welcome')
    return last && 'terminals' in last ? last.terminals : []
  }

  /** The namespaces that are the room's and its hosts'. */
  namespaces(): Held {
    const held: Held = new Map()
    for (const pid of [this.pid, ...descendants(this.pid)]) hold(held, pid)
    return held
  }

  /** A bash script on a host, as a learner's login shell would run it. */
  async run(script: string, host = this.host, input = ''): Promise<Ran> {
    const process = `p${++this.processes}`
    let stdout = ''
    let stderr = ''
    const ended = new Promise<number>((resolve, reject) => {
      const limit = setTimeout(
        () => reject(new Error(`"${script}" did not end: ${stdout}${stderr}`)),
        SHOWN_LIMIT_MS * 2,
      )
      const listen = (message: FromSwitch) => {
        if (message.type === 'process.output' && message.process === process) {
          const text = Buffer.from(message.data, 'base64').toString()
          if (message.stream === 'stdout') stdout += text
          else stderr += text
        }
        if (message.type !== 'process.exit' || message.process !== process) return
        clearTimeout(limit)
        this.room.off('message', listen)
        resolve(message.status)
      }
      this.room.on('message', listen)
    })
    await this.room.call({ type: 'process.start', process, host, argv: ['bash', '-c', script], tty: null })
    this.room.send({ type: 'process.input', process, data: Buffer.from(input).toString('base64'), end: true })
    return { status: await ended, stdout, stderr }
  }

  /** @throws KraftlabError as the reply */
  async fault(fault: Fault, by: 'learner' | 'lab' = 'learner'): Promise<void> {
    await this.room.call({ type: 'fault', fault, by })
  }

  /** What was observed of one type, in order. */
  observed<Type extends Observation['type']>(type: Type): Extract<Observation, { type: Type }>[] {
    return this.messages.flatMap((message) =>
      message.type === 'observed' && message.observation.type === type
        ? [message.observation as Extract<Observation, { type: Type }>]
        : [],
    )
  }

  /** A new terminal at its first prompt, watched. */
  async open(host = this.host, size = { cols: 100, rows: 30 }): Promise<Viewer> {
    const { terminal } = await this.room.call({ type: 'terminal.open', host, ...size })
    const viewer = this.watch(terminal!, { size })
    await viewer.shows(/\$ $/m)
    return viewer
  }

  watch(terminal: string, { visible = true, acknowledges = true, size = { cols: 100, rows: 30 } } = {}): Viewer {
    return new Viewer(this.room, `v${++this.viewers}-${randomBytes(3).toString('hex')}`, terminal, {
      visible,
      acknowledges,
      size,
    })
  }

  /** The gateway goes away without a word, and another one finds the room. */
  async handOver(): Promise<TestRoom> {
    this.room.leave()
    const room = (await findRooms(this.place.runDir)).find(({ id }) => id === this.plan.id)
    if (!room) throw new Error('the room was not found again')
    return new TestRoom(room, this.place, this.plan, 0)
  }

  /** kB of the switch's resident memory */
  switchMemory(): number {
    return residentKb(this.switchPid())
  }

  switchPid(): number {
    const found = descendants(this.pid).find((pid) => commandLine(pid).includes('switch.mjs'))
    if (!found) throw new Error('the switch is not there')
    return found
  }
}

type Size = { cols: number; rows: number }

/** A browser tab: draws what it gets and acknowledges it. */
export class Viewer {
  private readonly screen: Screen
  private readonly serializer = new SerializeAddon()
  screens = 0
  received = 0
  resized: Size | null = null
  private drawn = 0

  constructor(
    private readonly room: Room,
    readonly id: string,
    readonly terminal: string,
    readonly options: { visible: boolean; acknowledges: boolean; size: Size },
  ) {
    const { visible, size } = options
    this.screen = new Screen({ ...size, scrollback: 500, allowProposedApi: true })
    this.screen.loadAddon(this.serializer)
    room.on('message', (message) => this.onMessage(message))
    room.send({ type: 'viewer.attach', viewer: id, terminal, visible, watches: false, ...size })
  }

  private onMessage(message: FromSwitch): void {
    if (!('viewer' in message) || message.viewer !== this.id) return
    if (message.type === 'viewer.resized') this.resized = message
    if (message.type === 'viewer.screen') {
      this.screens++
      this.screen.reset()
      this.screen.resize(message.cols, message.rows)
    }
    if (message.type !== 'viewer.resized') {
      this.received += message.data.length
      this.screen.write(message.data, () => {
        this.drawn += message.data.length
        if (this.options.acknowledges) this.acknowledge()
      })
    }
  }

  acknowledge(): void {
    if (this.drawn > 0) this.room.send({ type: 'viewer.acknowledge', viewer: this.id, chars: this.drawn })
    this.drawn = 0
  }

  get isAlternate(): boolean {
    return this.screen.buffer.active.type === 'alternate'
  }
  get cursor(): { x: number; y: number } {
    const { cursorX, cursorY } = this.screen.buffer.active
    return { x: cursorX, y: cursorY }
  }

  /** What is to be seen, line by line, and above it. */
  get text(): string {
    const buffer = this.screen.buffer.active
    const lines: string[] = []
    for (let row = 0; row < buffer.length; row++) lines.push(buffer.getLine(row)?.translateToString(true) ?? '')
    // A prompt ends with a blank, which is drawn and not trimmed.
    return lines.map((line) => (line.endsWith('$') ? `${line} ` : line)).join('\n')
  }
  /** Colours too. */
  get drawnScreen(): string {
    return this.serializer.serialize({ scrollback: 0 })
  }

  type(data: string): void {
    this.room.send({ type: 'terminal.input', terminal: this.terminal, data })
  }

  /** The last line with something on it. */
  get lastLine(): string {
    return this.text.trimEnd().split('\n').at(-1) ?? ''
  }

  shows(text: string | RegExp, limitMs?: number): Promise<boolean> {
    return until(
      () => (typeof text === 'string' ? this.text.includes(text) : text.test(this.text)),
      () => `${text} on the screen, which shows:\n${this.text.trimEnd().slice(-3_000)}`,
      limitMs,
    )
  }

  detach(): void {
    this.room.send({ type: 'viewer.detach', viewer: this.id })
  }
}

// The machine, as seen from outside the rooms.

export const processes = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // it ended while we looked
  }
}

export const commandLine = (pid: number): string => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')
const parentOf = (pid: number): number => Number(/^PPid:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0)
export const residentKb = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0)
/** kB, shared pages counted once among those who share them */
export const proportionalKb = (pid: number): number =>
  Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0)

export function descendants(pid: number): number[] {
  const parents = new Map(processes().map((one) => [one, parentOf(one)]))
  const found: number[] = []
  const look = (of: number) => {
    for (const [one, parent] of parents) {
      if (parent !== of) continue
      found.push(one)
      look(one)
    }
  }
  look(pid)
  return found
}

const KINDS = ['net', 'pid', 'mnt', 'user']
function namespacesOf(pid: number): string[] {
  return KINDS.flatMap((kind) => {
    try {
      return [readlinkSync(`/proc/${pid}/ns/${kind}`)]
    } catch {
      return [] // it ended while we looked
    }
  })
}
const OWN = new Set(namespacesOf(process.pid))

/** Namespaces by name, each with a file descriptor: while one is open, Linux gives its number to no other room's. */
export type Held = Map<string, number>

function hold(held: Held, pid: number): void {
  for (const kind of KINDS) {
    try {
      const fd = openSync(`/proc/${pid}/ns/${kind}`, 'r')
      const name = readlinkSync(`/proc/self/fd/${fd}`)
      if (OWN.has(name) || held.has(name)) closeSync(fd)
      else held.set(name, fd)
    } catch {
      // it ended while we looked
    }
  }
}

/** What is left of a room on the machine; empty is what one wants. Lets its namespaces go. */
export function remains(room: TestRoom, namespaces: Held): string[] {
  const { id } = room.plan
  const left: string[] = []
  if (existsSync(room.directory)) left.push(room.directory)
  for (const group of [`memory/kraftlab/${id}`, `pids/kraftlab/${id}`, `kraftlab/${id}`])
    if (existsSync(`/sys/fs/cgroup/${group}`)) left.push(`cgroup ${group}`)
  for (const line of read('/proc/self/mountinfo').split('\n')) if (line.includes(id)) left.push(`mount ${line}`)
  // One that ended and that the machine's init has not yet asked about is not there any more.
  for (const pid of processes().filter((one) => !/^State:\s+Z/m.test(read(`/proc/${one}/status`))))
    if (namespacesOf(pid).some((one) => namespaces.has(one))) left.push(`process ${pid} ${commandLine(pid)}`)
  for (const fd of namespaces.values()) closeSync(fd)
  namespaces.clear()
  return left
}
