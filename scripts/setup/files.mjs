/** Content hashes and folders that appear whole or not at all. Only Node built-ins. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Enough of a SHA-256 to name a folder. */
const HASH_CHARS = 16

export const hash = (...parts) => {
  const sum = createHash('sha256')
  for (const part of parts) {
    const bytes = typeof part === 'string' || Buffer.isBuffer(part) ? part : JSON.stringify(part)
    sum.update(`${Buffer.byteLength(bytes)}:`).update(bytes)
  }
  return sum.digest('hex').slice(0, HASH_CHARS)
}

/** All files below the paths, sorted, relative to root; a path that does not exist counts as no files. */
export function filesBelow(root, paths) {
  const found = []
  const walk = (path) => {
    const info = statSync(join(root, path), { throwIfNoEntry: false })
    if (info?.isDirectory()) {
      for (const name of readdirSync(join(root, path))) if (name !== 'node_modules') walk(`${path}/${name}`)
    } else if (info?.isFile()) found.push(path)
  }
  for (const path of paths) walk(path)
  return found.sort()
}

export const hashFiles = (root, paths) =>
  hash(...filesBelow(root, paths).flatMap((path) => [path, readFileSync(join(root, path))]))

/**
 * Makes a folder under a temporary name beside its place, then renames it there: safe for two at once, whichever is
 * first wins.
 * @param {string} path
 * @param {(temporary: string) => unknown} fill
 */
export async function makeFolder(path, fill) {
  const temporary = `${path}.${process.pid}.tmp`
  rmSync(temporary, { recursive: true, force: true })
  mkdirSync(temporary, { recursive: true })
  try {
    await fill(temporary)
    if (existsSync(path)) return
    try {
      renameSync(temporary, path)
    } catch (error) {
      if (!existsSync(path)) throw error
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

export function writeWhole(path, text, mode = 0o644) {
  mkdirSync(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}.tmp`
  writeFileSync(temporary, text, { mode })
  renameSync(temporary, path)
}

export const readIfThere = (path) => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
    throw error
  }
}

/** A stamp says by content hash what a place was made from, where the place itself cannot be named by its hash. */
export const stamped = (path, value) => readIfThere(path) === value
