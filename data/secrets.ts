/** Secrets of this installation: <data>/secrets.json, made at first use, readable by its owner alone. */
import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const secrets = z.object({
  /** signs the cookies of sign-ins */
  auth: z.string().min(32),
})
export type Secrets = z.infer<typeof secrets>

/** Safe with two processes at once: the first to link its file into place wins and both read that one. */
export function readSecrets(data: string): Secrets {
  const file = join(data, 'secrets.json')
  return readIfThere(file) ?? makeSecrets(data, file)
}

function makeSecrets(data: string, file: string): Secrets {
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const fresh: Secrets = { auth: randomBytes(32).toString('base64url') }
  const own = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  writeFileSync(own, `${JSON.stringify(fresh)}\n`, { mode: 0o600, flag: 'wx', flush: true })
  try {
    linkSync(own, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(own)
  }
  const made = readIfThere(file)
  if (!made) throw new Error(`${file} vanished while it was made: start Kraftlab again`)
  return made
}

function readIfThere(file: string): Secrets | null {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  try {
    return secrets.parse(JSON.parse(text))
  } catch (error) {
    throw new Error(`${file} is damaged: restore it, or delete it (everybody is signed out then)`, { cause: error })
  }
}
