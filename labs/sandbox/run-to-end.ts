/** A command of ours in a room, without a terminal: nobody types anything, and it has a limit. */
import type { FromSwitch } from '#labs/protocol/room.ts'
import type { Room } from './room.ts'

export type Command = {
  /** its name among the room's processes */
  process: string
  host: string
  argv: string[]
  limitMs: number
  /** when it is aborted, the command is killed, with all that it has started */
  signal?: AbortSignal
  /** what it gets to read; left out: nothing */
  input?: Buffer
  /** of the end of what it says */
  maxChars: number
}
/** `status`: 128+n for a signal; null: it was killed when its time was up */
export type Ended = { status: number | null; said: string }

/** @throws Error if it cannot be started, or the room is gone first */
export async function runToEnd(room: Room, command: Command): Promise<Ended> {
  const { process, host, argv, input, limitMs, signal, maxChars } = command
  let said = ''
  let limit: NodeJS.Timeout | undefined
  let listen = (_: FromSwitch): void => {}
  let gone = (_: string): void => {}
  const ended = new Promise<number | null>((resolve, reject) => {
    listen = (message) => {
      if (message.type === 'process.output' && message.process === process)
        said = (said + Buffer.from(message.data, 'base64').toString()).slice(-maxChars)
      if (message.type === 'process.exit' && message.process === process) resolve(message.status)
    }
    gone = (why) => reject(new Error(`the room ended: ${why}`))
    limit = setTimeout(() => resolve(null), limitMs)
  })
  const kill = () => room.send({ type: 'process.signal', process, signal: 'SIGKILL' })
  room.on('message', listen)
  room.on('gone', gone)
  try {
    await Promise.race([room.call({ type: 'process.start', process, host, argv, tty: null }), ended])
    // One that waits to be typed at gets the end.
    room.send({ type: 'process.input', process, data: input?.toString('base64') ?? '', end: true })
    signal?.addEventListener('abort', kill, { once: true })
    if (signal?.aborted) kill()
    const status = await ended
    if (status === null) kill()
    return { status, said }
  } finally {
    clearTimeout(limit)
    signal?.removeEventListener('abort', kill)
    room.off('message', listen)
    room.off('gone', gone)
  }
}
