/**
 * A room's first process, as the machine counts. The kernel lets it go only after all others of its pid namespace, so a
 * room is gone when it is. Noted with its start time, as pids are used again.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stateOf } from './proc.ts'

const noteOf = (directory: string) => join(directory, 'pid')

export async function noteFirstProcess(directory: string, pid: number): Promise<void> {
  await writeFile(noteOf(directory), `${pid} ${stateOf(pid)?.startTime}`)
}

/** @returns its pid while it lives, else null */
export async function firstProcess(directory: string): Promise<number | null> {
  const [pid = '', startTime] = (await readFile(noteOf(directory), 'utf8').catch(() => '')).split(' ')
  return pid !== '' && stateOf(Number(pid))?.startTime === startTime ? Number(pid) : null
}
