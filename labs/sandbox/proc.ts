/**
 * What the kernel says of the room's processes, those of all hosts among them. Each may end while it is looked at, which
 * shows as "nothing". Read synchronously where the kernel answers from memory of its own: never where a learner's process
 * could make it wait (its memory map, for the command line).
 */
import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'

const scratch = Buffer.allocUnsafe(4_096)
/** A Kafka node's, with its class path, is a tenth of this. */
const MAX_COMMAND_LINE_BYTES = 128 * 2 ** 10
const ENDED = new Set(['ENOENT', 'ESRCH', 'EACCES', 'EPERM'])

/** @returns undefined where the process ended meanwhile */
export function orEnded<Result>(look: () => Result): Result | undefined {
  try {
    return look()
  } catch (error) {
    if (ENDED.has((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

export const pids = (): number[] =>
  readdirSync('/proc').flatMap((name) => (name.charCodeAt(0) <= 57 && /^\d+$/.test(name) ? [Number(name)] : []))

/** @param path below /proc, of a small file; the first 4 kB of it, empty where it is gone */
export function readProc(path: string): string {
  return (
    orEnded(() => {
      const fd = openSync(`/proc/${path}`, 'r')
      try {
        return scratch.toString('latin1', 0, readSync(fd, scratch, 0, scratch.length, 0))
      } finally {
        closeSync(fd)
      }
    }) ?? ''
  )
}

/** Empty where there is no such process, or none that may be looked at. */
export const pidNamespace = (pid: number): string => orEnded(() => readlinkSync(`/proc/${pid}/ns/pid`)) ?? ''

/** The name of the file that the process runs, which it cannot choose as it can its own name; null where it has ended. */
export const programOf = (pid: number): string | null =>
  orEnded(() => basename(readlinkSync(`/proc/${pid}/exe`))) ?? null

/** @returns empty where there is none (yet: a program is named before it is given its arguments) */
export async function commandLine(pid: number): Promise<string[]> {
  const file = await open(`/proc/${pid}/cmdline`).catch(() => null)
  if (!file) return []
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_COMMAND_LINE_BYTES), 0, MAX_COMMAND_LINE_BYTES, 0)
    return buffer.toString('utf8', 0, bytesRead).split('\0').slice(0, -1)
  } catch {
    return [] // it ended while it was read
  } finally {
    await file.close()
  }
}

export type ProcessState = { name: string; state: string; startTime: string }

/** Fields 2, 3 and 22 of /proc/PID/stat (proc(5)); null where it has ended. */
export function stateOf(pid: number): ProcessState | null {
  const text = readProc(`${pid}/stat`)
  const close = text.lastIndexOf(')')
  if (close < 0) return null
  const fields = text.slice(close + 2).split(' ')
  const state = fields[0] ?? ''
  // A zombie has ended: its parent has only not asked yet.
  if (state === 'Z' || state === 'X') return null
  return { name: text.slice(text.indexOf('(') + 1, close), state, startTime: fields[19] ?? '' }
}
