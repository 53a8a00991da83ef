/** Rooms as the gateway sees them: started, found again after a restart, spoken to, ended with nothing left behind. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { z } from 'zod'
import { ERROR_CODES, type ErrorCode, KraftlabError } from '#config/errors.ts'
import type { Installation } from '#config/installation.ts'
import { type DirectoryListing, directoryListing } from '#labs/protocol/files.ts'
import type { LogPage, LogRange } from '#labs/protocol/log.ts'
import { type FromSwitch, fromSwitch, type RoomPlan, type ToSwitch } from '#labs/protocol/room.ts'
import { firstProcess, noteFirstProcess } from './first-process.ts'
import { childPid } from './info.ts'
import { type MemoryLimitBy, makeLimits, memoryLimitedBy, type RoomLimits, removeLimits } from './limits.ts'
import { readLines, writeLine } from './lines.ts'
import { roomCommand } from './outer.ts'
import { SOCKET } from './places.ts'
import { isReplaced } from './replaced.ts'

export { roomsRunDirectory } from './places.ts'

const START_LIMIT_MS = 30_000
const CALL_LIMIT_MS = 15_000
/** From "end" to an empty machine; after that the room is killed. */
const END_LIMIT_MS = 4_000
const KILL_LIMIT_MS = 10_000
/** From a closed connection to a free lock, where the switch has stopped. */
const GONE_LIMIT_MS = 1_000
const POLL_MS = 20
/** Two gateways may sweep the same room. */
const REMOVE_RETRIES = 5
const LOG_TAIL_CHARS = 2_000
/** bubblewrap 0.8 now and then takes another error for the kernel's answer (seen once in some thousand rooms). */
const LOOPBACK_FAILED = /^bwrap: loopback:/m

type LogRecords = Extract<FromSwitch, { type: 'log.records' }>
/** What answers a call instead of its reply. */
type Answer = LogRecords | Extract<FromSwitch, { type: 'log.page' }>
type Events = { message: [FromSwitch]; gone: [why: string] }
/** A call without its number, which `call` gives. */
type Call = ToSwitch extends infer Message ? (Message extends { call: number } ? Omit<Message, 'call'> : never) : never

export class Room extends EventEmitter<Events> {
  private calls = new Map<
    number,
    {
      resolve: (result: Record<string, string>) => void
      reject: (error: Error) => void
      /** of one that is answered otherwise than by its reply */
      take?: (answer: Answer) => void
    }
  >()
  private lastCall = 0
  private ending: Promise<void> | null = null
  private replaced = false
  private left = false
  private wasGreeted = false
  /** number of the last observation that is in the history; for a connection made anew */
  private seen = 0
  private readonly attached = new Map<string, ToSwitch>()

  constructor(
    readonly id: string,
    private readonly directory: string,
    private socket: Socket,
  ) {
    super()
    this.listen(socket)
  }

  private listen(socket: Socket): void {
    readLines(
      socket,
      (line) => this.onLine(line),
      () => {}, // 'close' follows
    )
    socket.on('error', () => {}) // 'close' follows
    socket.on('close', () => {
      this.onClose().catch((error) => console.error(error))
    })
  }

  send(message: ToSwitch): void {
    if (message.type === 'hello') this.wasGreeted = true
    if (message.type === 'hello') this.seen = message.seen
    if (message.type === 'seen') this.seen = message.number
    if (message.type === 'viewer.attach') this.attached.set(message.viewer, message)
    if (message.type === 'viewer.detach') this.attached.delete(message.viewer)
    writeLine(this.socket, message)
  }

  /** @returns the reply's result @throws KraftlabError of the reply, or HOST_UNAVAILABLE if none comes */
  call(message: Call, take?: (answer: Answer) => void): Promise<Record<string, string>> {
    const call = ++this.lastCall
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => {
        this.calls.delete(call)
        reject(new KraftlabError('HOST_UNAVAILABLE'))
      }, CALL_LIMIT_MS)
      const settle =
        <Value>(then: (value: Value) => void) =>
        (value: Value) => {
          clearTimeout(limit)
          this.calls.delete(call)
          then(value)
        }
      const settled = { resolve: settle(resolve), reject: settle(reject) }
      const takeAnswer = (answer: Answer) => {
        limit.refresh()
        take?.(answer)
        if (answer.type === 'log.page' || answer.end) settled.resolve({})
      }
      this.calls.set(call, { ...settled, take: takeAnswer })
      this.send({ ...message, call } as ToSwitch)
    })
  }

  /**
   * The records of a snapshot's file on a host and, where `after`, of the committed log behind it; in parts, in order.
   * @throws KraftlabError as `call`
   */
  async readSnapshot(
    wanted: { host: string; file: string; after: boolean },
    take: (part: LogRecords) => void,
  ): Promise<void> {
    await this.call({ type: 'log.snapshot', ...wanted }, (answer) => {
      if (answer.type === 'log.records') take(answer)
    })
  }

  /**
   * The regular files below a host's directory, as bytes by their path below it.
   * @throws KraftlabError BAD_REQUEST where there is no such directory, or more in it than that; and as `call`
   */
  async readDirectory(of: {
    host: string
    path: string
    maxFiles: number
    maxBytes: number
  }): Promise<Map<string, Buffer>> {
    const files = await this.call({ type: 'directory.read', ...of })
    return new Map(Object.entries(files).map(([path, base64]) => [path, Buffer.from(base64, 'base64')]))
  }

  /** What is in a host's directory. @throws KraftlabError BAD_REQUEST where it is none that can be read; and as `call` */
  async listDirectory(of: {
    host: string
    path: string
    maxEntries: number
    maxDepth: number
  }): Promise<DirectoryListing> {
    const { listing = '' } = await this.call({ type: 'directory.list', ...of })
    return directoryListing.parse(JSON.parse(listing))
  }

  /**
   * A regular file below a host's directory: its size, when it was modified (ms since 1970), and the beginning of it. Null
   * where there is none.
   * @throws KraftlabError BAD_REQUEST where it is no regular file, or a link leads there; and as `call`
   */
  async readFile(of: {
    host: string
    path: string
    file: string
    maxBytes: number
  }): Promise<{ bytes: number; modified: number; content: Buffer } | null> {
    const { bytes, modified, base64 } = await this.call({ type: 'directory.file', ...of })
    if (base64 === undefined) return null
    return { bytes: Number(bytes), modified: Number(modified), content: Buffer.from(base64, 'base64') }
  }

  /** Part of a host's metadata log. @throws KraftlabError as `call` */
  async readLog(host: string, range: LogRange): Promise<LogPage> {
    let page: LogPage | undefined
    await this.call({ type: 'log.read', host, range }, (answer) => {
      if (answer.type === 'log.page') page = answer.page
    })
    if (!page) throw new KraftlabError('HOST_UNAVAILABLE')
    return page
  }

  /** Ends the room and all in it. Resolves when nothing of it is left on the machine. */
  end(): Promise<void> {
    this.ending ??= (async () => {
      // Another gateway has it, and ends it when it wants to.
      if (this.replaced) return
      this.send({ type: 'end' })
      await sweep(this.directory, this.id, END_LIMIT_MS)
      this.socket.destroy()
    })()
    return this.ending
  }

  /** Leaves the room to the next gateway. */
  leave(): void {
    this.left = true
    this.removeAllListeners()
    this.socket.destroy()
  }

  private onLine(line: unknown): void {
    if (isReplaced(line)) this.replaced = true
    const message = understood(line)
    if (!message) return
    if (message.type === 'reply') {
      const call = this.calls.get(message.call)
      if (message.error) call?.reject(errorOf(message.error))
      else call?.resolve(message.result ?? {})
    }
    if (message.type === 'log.records' || message.type === 'log.page') this.calls.get(message.call)?.take?.(message)
    this.emit('message', message)
  }

  private async onClose(): Promise<void> {
    for (const { reject } of this.calls.values()) reject(new KraftlabError('ROOM_ENDED'))
    if (this.ending || this.left) return
    if (this.replaced) {
      this.emit('gone', 'another Kraftlab has taken it over')
      return
    }
    if (!(await freed(this.directory, GONE_LIMIT_MS)) && (await this.reconnect())) return
    if (this.ending || this.left) return
    this.ending = sweep(this.directory, this.id, 0)
    this.ending.catch((error) => console.error(error)) // whoever calls `end` gets it too
    this.emit('gone', 'its switch has stopped')
  }

  /** The connection went and the room did not: the switch lets go of a gateway that reads nothing for long. */
  private async reconnect(): Promise<boolean> {
    const socket = await dialSwitch(this.directory)
    if (!socket || this.ending || this.left) {
      socket?.destroy()
      return false
    }
    this.socket = socket
    this.listen(socket)
    if (this.wasGreeted) this.send({ type: 'hello', seen: this.seen })
    for (const message of this.attached.values()) this.send(message)
    return true
  }
}

/** A switch of another version, after an upgrade in place: what is not understood is not shown, and if it was seen, missed. */
function understood(line: unknown): FromSwitch | undefined {
  const message = fromSwitch.safeParse(line)
  if (message.success) return message.data
  const seen = observedOf.safeParse(line)
  if (!seen.success) return undefined
  const why = 'something was seen that this Kraftlab does not understand'
  return { ...seen.data, observation: { type: 'unobserved', why, since: seen.data.at } }
}
const observedOf = z.object({
  type: z.literal('observed'),
  number: z.number().int(),
  at: z.number(),
  mono: z.number(),
})

const errorOf = ({ code, message }: { code: string; message: string }): KraftlabError =>
  new KraftlabError(ERROR_CODES.find((one): one is ErrorCode => one === code) ?? 'HOST_UNAVAILABLE', message)

/**
 * Starts a room and waits until its hosts are there.
 * @param options.runDir `roomsRunDirectory(...)`
 * @throws KraftlabError ROOM_FAILED with what was the matter; nothing is left behind then
 */
export async function startRoom(
  plan: RoomPlan,
  options: { installation: Installation; runDir: string; graceMs?: number },
): Promise<Room> {
  const { installation, runDir, graceMs } = options
  const directory = join(runDir, plan.id)
  await mkdir(directory, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    // Not one of ours to sweep: a room may live in it.
    const why = error.code === 'EEXIST' ? `there is one of the name ${plan.id}` : error.message
    throw new KraftlabError('ROOM_FAILED', `The room could not start: ${why}.`, { cause: error })
  })
  try {
    await prepare(directory, plan, installation)
    const limits = await makeLimits(plan.id, plan.hosts.length)
    const argv = roomCommand({ directory, plan, installation, limits, graceMs })
    const socket = await runSwitch(directory, argv, limits).catch(async (error) => {
      if (!LOOPBACK_FAILED.test(await logOf(directory))) throw error
      return await runSwitch(directory, argv, limits)
    })
    return new Room(plan.id, directory, socket)
  } catch (error) {
    const tail = await logOf(directory)
    await sweep(directory, plan.id, 0)
    const why = causeIn(tail.trim().slice(-LOG_TAIL_CHARS)) ?? (error as Error).message
    throw new KraftlabError('ROOM_FAILED', `The room could not start: ${why}. Try again; nothing was left behind.`, {
      cause: error,
    })
  }
}

/** @returns a connection to it, once its hosts are there @throws Error where it ends before */
async function runSwitch(directory: string, argv: string[], limits: RoomLimits): Promise<Socket> {
  const log = await open(join(directory, 'log'), 'w')
  const child = spawn('bash', argv, {
    // The info of bubblewrap comes on fd 3.
    stdio: ['ignore', log.fd, log.fd, 'pipe'],
    detached: true,
    cwd: '/',
    // systemd-run finds its user's manager by the environment; bubblewrap clears it.
    env: limits.prefix.length > 0 ? process.env : ({ PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } as never),
  })
  child.on('error', () => {}) // no pid then, which is told
  await log.close()
  const [socket] = await Promise.all([awaitSocket(child, directory), notePid(child, directory)])
  child.unref()
  return socket
}

const logOf = (directory: string): Promise<string> => readFile(join(directory, 'log'), 'utf8').catch(() => '')

/** Of what a failed start said, the line that says why: an error's own, else the last. */
function causeIn(log: string): string | undefined {
  const lines = log.split('\n').filter(Boolean)
  return lines.find((line) => /^(\w*Error:|bwrap:)/.test(line)) ?? lines.at(-1)
}

async function prepare(directory: string, plan: RoomPlan, { roomUser }: Installation): Promise<void> {
  const shared = join(directory, 'shared')
  await mkdir(shared, { mode: 0o700 })
  if (roomUser) await chown(shared, roomUser.uid, roomUser.gid)
  // Whatever the umask says: the room's user has to pass and to read.
  await chmod(directory, roomUser ? 0o711 : 0o700)
  await writeFile(join(directory, 'plan.json'), JSON.stringify(plan))
  await chmod(join(directory, 'plan.json'), 0o644)
  await writeFile(join(directory, 'lock'), '')
}

/** Pid of the room's first process, as the machine counts: the whole pid namespace ends with it. */
async function notePid(child: ChildProcess, directory: string): Promise<void> {
  const pid = await childPid(child.stdio[3] as Readable)
  await noteFirstProcess(directory, pid)
}

/** The switch listens when its hosts are there. */
async function awaitSocket(child: ChildProcess, directory: string): Promise<Socket> {
  const until = Date.now() + START_LIMIT_MS
  while (Date.now() < until) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`its first process ended with ${child.exitCode ?? child.signalCode}`)
    const socket = await dialSwitch(directory)
    if (socket) return socket
    await pause()
  }
  throw new Error(`its hosts were not there after ${START_LIMIT_MS / 1000} s`)
}

function dialSwitch(directory: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(join(directory, 'shared', SOCKET))
    socket.once('connect', () => resolve(socket))
    socket.once('error', () => resolve(null))
  })
}

/** Rooms that an earlier gateway left running; those that are dead, or never came to life, are swept. */
export async function findRooms(runDir: string): Promise<Room[]> {
  const rooms: Room[] = []
  for (const id of await readdir(runDir)) {
    const directory = join(runDir, id)
    const socket = (await isLocked(directory)) ? await dialSwitch(directory) : null
    if (socket) rooms.push(new Room(id, directory, socket))
    // One that cannot be swept keeps nobody from the others.
    else await sweep(directory, id, 0).catch((error) => console.error(error))
  }
  return rooms
}

/** The room's switch holds a lock for as long as it lives. */
async function isLocked(directory: string): Promise<boolean> {
  const lock = join(directory, 'lock')
  // flock would make it, in a directory that another sweeper is just removing.
  if (!existsSync(lock)) return false
  return promisify(execFile)('flock', ['--nonblock', '--shared', lock, 'true']).then(
    () => false,
    (error: { code?: number }) => error.code === 1,
  )
}

/** Waits for the room's end, kills it if it does not come, and removes what it had outside. */
async function sweep(directory: string, id: string, patienceMs: number): Promise<void> {
  if (!(await gone(directory, patienceMs))) {
    const pid = await firstProcess(directory)
    if (pid !== null) kill(pid)
    if (!(await gone(directory, KILL_LIMIT_MS))) throw new Error(`room ${id} does not end: see ${directory}`)
  }
  await removeLimits(id)
  await rm(directory, { recursive: true, force: true, maxRetries: REMOVE_RETRIES })
}

/** Neither its lock is held nor its first process there. */
async function gone(directory: string, patienceMs: number): Promise<boolean> {
  const until = Date.now() + patienceMs
  while ((await firstProcess(directory)) !== null || (await isLocked(directory))) {
    if (Date.now() >= until) return false
    await pause()
  }
  return true
}

async function freed(directory: string, patienceMs: number): Promise<boolean> {
  const until = Date.now() + patienceMs
  while (await isLocked(directory)) {
    if (Date.now() >= until) return false
    await pause()
  }
  return true
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, POLL_MS))

export type RoomSupport = {
  /** what limits a room's memory on this machine */
  memoryLimitedBy: MemoryLimitBy
  /** a sentence about what does not hold here; empty where all does */
  says: string
}

/** What holds for rooms on this machine; for the health page. */
export async function roomSupport(_installation: Installation): Promise<RoomSupport> {
  const by = await memoryLimitedBy()
  const says =
    by === 'none'
      ? "A room's memory and CPU are not limited on this machine: run Kraftlab as root, or as a user whom systemd grants scopes."
      : ''
  return { memoryLimitedBy: by, says }
}
