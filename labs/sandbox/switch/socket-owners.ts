/** Whose a listening socket is. Looked for once, when it is new: among the open files of all processes of its host. */
import { readdirSync, readlinkSync } from 'node:fs'
import { orEnded, pidNamespace, pids, programOf } from '../proc.ts'
import type { Host } from './host.ts'

type Owner = { pid: number; program: string }
type Inode = string

/** A JVM has some 300. A host that has many more hides its sockets' owners, from nobody but itself. */
const MAX_FILES = 5_000
/** Then one whose owner was not found is looked for again. */
const AGAIN_MS = 1_000

class Owners {
  private readonly known = new Map<Inode, Owner>()
  private lookedAt = new Map<Inode, number>()

  of(host: Host, inodes: Inode[]): Map<Inode, Owner> {
    for (const inode of this.known.keys()) if (!inodes.includes(inode)) this.known.delete(inode)
    const now = performance.now()
    const missing = new Set(
      inodes.filter((inode) => !this.known.has(inode) && now - (this.lookedAt.get(inode) ?? -AGAIN_MS) >= AGAIN_MS),
    )
    this.lookedAt = new Map(
      inodes.flatMap((inode) => {
        const at = missing.has(inode) ? now : this.lookedAt.get(inode)
        return at === undefined ? [] : [[inode, at] as const]
      }),
    )
    if (missing.size > 0) this.look(host, missing)
    return this.known
  }

  private look(host: Host, missing: Set<Inode>): void {
    const namespace = host.pidNamespace
    let files = 0
    // The newest first: a new socket is mostly a new program's.
    for (const pid of pids().reverse()) {
      if (pidNamespace(pid) !== namespace) continue
      for (const fd of orEnded(() => readdirSync(`/proc/${pid}/fd`)) ?? []) {
        if (++files > MAX_FILES) return
        const inode = orEnded(() => /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1])
        if (!inode || !missing.delete(inode)) continue
        const program = programOf(pid)
        if (program) this.known.set(inode, { pid, program })
        if (missing.size === 0) return
      }
    }
  }
}

const ofHosts = new WeakMap<Host, Owners>()

/** @param inodes of all sockets that listen on the host now */
export function ownersOf(host: Host, inodes: Inode[]): Map<Inode, Owner> {
  const owners = ofHosts.get(host) ?? new Owners()
  ofHosts.set(host, owners)
  return owners.of(host, inodes)
}
