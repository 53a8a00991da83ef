/**
 * A room's first process, as the machine counts. The kernel lets it go only after all others of its pid namespace, so a
 * room is gone when it is. Noted with its start time, as pids are used again.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Field 22 of /proc/PID/stat, in clock ticks since boot; 3 is the state. Counted behind the name, which may hold blanks. */
const STATE = 0
const START_TIME = 19

const noteOf = (directory: string) => join(directory, 'pid')

export async function noteFirstProcess(directory: string, pid: number): Promise<void> {
  await writeFile(noteOf(directory), `${pid} ${(await stat(pid))?.[START_TIME]}`)
}

/** @returns its pid while it lives, else null */
export async function firstProcess(directory: string): Promise<number | null> {
  const [pid = '', startTime] = (await readFile(noteOf(directory), 'utf8').catch(() => '')).split(' ')
  const fields = pid === '' ? null : await stat(Number(pid))
  // A zombie has ended: its new parent has only not asked yet.
  return fields && fields[START_TIME] === startTime && fields[STATE] !== 'Z' ? Number(pid) : null
}

async function stat(pid: number): Promise<string[] | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  return text?.slice(text.lastIndexOf(')') + 2).split(' ') ?? null
}
