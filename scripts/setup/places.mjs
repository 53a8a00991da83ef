/** Where things go on this machine, and as whom rooms run. */
import { accessSync, constants, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { SetupError } from './stage.mjs'

/**
 * As root, rooms are dropped to this user. Nobody else's: systemd leaves 60578 to 61183 unused, Debian gives none of it
 * out, and it is below 65536, which is all that many containers map.
 */
const ROOM_USER = { uid: 60_999, gid: 60_999 }

export const isRoot = process.getuid?.() === 0
export const roomUser = isRoot ? ROOM_USER : null

/** May the rooms' user come to this path? As an ordinary user rooms run as ourselves. */
export function reachable(path) {
  if (!isRoot) {
    try {
      accessSync(path, constants.R_OK)
      return true
    } catch {
      return false
    }
  }
  for (let at = resolve(path); ; at = dirname(at)) {
    const info = statSync(at, { throwIfNoEntry: false })
    // what does not exist yet is made by us with mode 755
    if (info && (info.mode & (info.isDirectory() ? 0o001 : 0o004)) === 0) return false
    if (at === dirname(at)) return true
  }
}

/** @throws SetupError where the cache was put out of the rooms' reach */
export function cachePlace(root, given = process.env.KRAFTLAB_CACHE) {
  if (given) {
    const place = resolve(root, given)
    if (isRoot && !reachable(place)) {
      throw new SetupError(
        `KRAFTLAB_CACHE=${given}: rooms run as uid ${ROOM_USER.uid} and cannot read there; name a folder that others may enter`,
      )
    }
    return place
  }
  const inClone = resolve(root, '.cache')
  return !isRoot || reachable(inClone) ? inClone : '/var/cache/kraftlab'
}
