/** What a lab does in a fresh room before its learner may begin: commands, as the learner's login shell would run them. */
import type { Room } from './room.ts'
import { runToEnd } from './run-to-end.ts'

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
  for (const [at, { host, command }] of commands.entries()) {
    const argv = ['/bin/bash', '-c', command]
    const left = Math.max(1, until - Date.now())
    const { status, said } = await runToEnd(room, {
      process: `prepare-${at}`,
      host,
      argv,
      limitMs: left,
      maxChars: MAX_OUTPUT_CHARS,
    })
    if (status === 0) continue
    const how = status === null ? `did not end within ${left} ms` : `ended with ${status}`
    throw new Error(`${command} on ${host}: ${how}; it said: ${said}`)
  }
}
