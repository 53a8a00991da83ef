/** One Kraftlab at a time on a data folder. */
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

/** A gateway that lost its supervisor to a kill -9 needs a moment to go. */
const WAIT_SECONDS = 3

/** Held by a `flock` child that ends when our end of its stdin closes, however we end. @returns false if another has it */
export function lockFolder(folder: string): Promise<boolean> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const argv = ['-w', String(WAIT_SECONDS), join(folder, 'kraftlab.lock'), 'sh', '-c', 'echo held; exec cat >/dev/null']
  const holder = spawn('flock', argv, { stdio: ['pipe', 'pipe', 'ignore'], detached: true })
  holder.stdin.on('error', () => {})
  return new Promise((resolve, reject) => {
    holder.once('error', reject)
    holder.once('exit', () => resolve(false))
    holder.stdout.once('data', () => resolve(true))
  })
}
