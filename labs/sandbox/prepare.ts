/** What a lab does in a fresh room before its learner may begin: commands, as the learner's login shell would run them. */
import type { Room } from './room.ts'

/** All of them together: the room is not there for the learner before. */
export const PREPARE_LIMIT_MS = 120_000
const MAX_OUTPUT_CHARS = 500

export type RoomCommand = { host: string; command: string }

/**
 * One after another, without a terminal: nothing of them is left to be read in a shell's history.
 * @throws Error that names the command, with the end of what it said, where one fails or all take too long
 */
export async function prepareRoom(room: Room, commands: RoomCommand[], limitMs = PREPARE_LIMIT_MS): Promise<void> {
  const until = Date.now() + limitMs
  for (const [at, one] of commands.entries()) await runOne(room, `prepare-${at}`, one, Math.max(1, until - Date.now()))
}

function runOne(room: Room, process: string, { host, command }: RoomCommand, limitMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    const settle = (problem: string | null) => {
      clearTimeout(limit)
      room.off('message', listen)
      room.off('gone', gone)
      if (problem === null) resolve()
      else reject(new Error(`${command} on ${host}: ${problem}; it said: ${said.slice(-MAX_OUTPUT_CHARS)}`))
    }
    const limit = setTimeout(() => {
      room.send({ type: 'process.signal', process, signal: 'SIGKILL' })
      settle(`did not end within ${limitMs} ms`)
    }, limitMs)
    const gone = (why: string) => settle(`the room ended: ${why}`)
    const listen: Parameters<typeof room.on<'message'>>[1] = (message) => {
      if (message.type === 'process.output' && message.process === process)
        said = (said + Buffer.from(message.data, 'base64').toString()).slice(-MAX_OUTPUT_CHARS)
      if (message.type === 'process.exit' && message.process === process)
        settle(message.status === 0 ? null : `ended with ${message.status}`)
    }
    room.on('message', listen)
    room.on('gone', gone)
    const argv = ['/bin/bash', '-c', command]
    room.call({ type: 'process.start', process, host, argv, tty: null }).catch((error) => settle(String(error)))
  })
}
