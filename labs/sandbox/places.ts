/** Where things lie: on the machine, in a room, and in a host. The same paths below /opt in both of the latter. */
import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, normalize } from 'node:path'

export const NODE = '/opt/node/bin/node'
export const ROOM_PROGRAMS = '/opt/room'
export const KAFKA = '/opt/kafka'
/** Where a certain version is, in a room and on a host that has several. */
export const kafkaAt = (version: string): string => `${KAFKA}-${version}`
export const SCHEMAS = '/opt/schemas.json'

/** In the room: shared with the gateway, the only thing that is. */
export const SHARED = '/room'
export const SOCKET = 'switch.sock'
export const PLAN = '/plan.json'

/** The directories of a host that a learner may write to: the switch makes each a sized tmpfs. */
export const WRITABLE = {
  home: '/home/learner',
  kafka: '/var/lib/kafka',
  tmp: '/tmp',
} as const
export type Writable = keyof typeof WRITABLE

/**
 * @param path absolute, as the host has it
 * @returns on which of its disks it lies and where there, relative; undefined for a place that it may not write to
 */
export function onDisk(path: string): { disk: Writable; inside: string } | undefined {
  const clean = normalize(path)
  const [disk, at] =
    (Object.entries(WRITABLE) as [Writable, string][]).find(([, at]) => clean.startsWith(`${at}/`)) ?? []
  return disk && at ? { disk, inside: clean.slice(at.length + 1) } : undefined
}

/** The room runs under another uid and has to reach its socket; names below it cannot be listed. */
const MODE_AS_ROOT = 0o711
const MODE_AS_USER = 0o700

/**
 * Rooms' run directories are not in the data folder: a unix socket's path holds 108 bytes, and a room's user may not
 * be able to enter the data folder.
 * @param data the data folder, absolute
 * @throws Error if somebody else owns a directory on the way
 */
export function roomsRunDirectory(data: string): string {
  const isRoot = process.getuid?.() === 0
  const id = createHash('sha256').update(data).digest('hex').slice(0, 12)
  const base = isRoot ? '/run/kraftlab' : (userBase() ?? join(tmpdir(), `kraftlab-${process.getuid?.()}`))
  for (const path of [base, join(base, id)]) {
    mkdirSync(path, { recursive: true, mode: MODE_AS_USER })
    const { uid } = lstatSync(path)
    if (!lstatSync(path).isDirectory() || uid !== process.getuid?.())
      throw new Error(`${path} belongs to somebody else: remove it and start again`)
    chmodSync(path, isRoot ? MODE_AS_ROOT : MODE_AS_USER)
  }
  return join(base, id)
}

function userBase(): string | null {
  const runtime = process.env.XDG_RUNTIME_DIR
  if (!runtime) return null
  try {
    return lstatSync(runtime).uid === process.getuid?.() ? join(runtime, 'kraftlab') : null
  } catch {
    return null // set, but not there: a su without a login
  }
}
