/** What a room may use. As root by cgroups; as a user by systemd where it grants a scope, else the memory is not limited. */
import { execFile } from 'node:child_process'
import { access, mkdir, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A node, its tools, client programs and the pages of its tmpfs. */
const MEMORY_BYTES_A_HOST = 1_400 * 2 ** 20
/** switch, bubblewrap and spawners */
const MEMORY_BYTES_A_ROOM = 400 * 2 ** 20
/** Threads count: a JVM has some 80. */
const TASKS_A_HOST = 512
const TASKS_A_ROOM = 128

/** Bytes that a room of so many hosts takes at most. */
export const memoryLimit = (hosts: number): number => MEMORY_BYTES_A_ROOM + hosts * MEMORY_BYTES_A_HOST
const taskLimit = (hosts: number): number => TASKS_A_ROOM + hosts * TASKS_A_HOST

export type MemoryLimitBy = 'cgroup-v1' | 'cgroup-v2' | 'systemd' | 'none'

const V1 = '/sys/fs/cgroup'
const V1_MEMORY = join(V1, 'memory', 'kraftlab')
const V1_PIDS = join(V1, 'pids', 'kraftlab')
const V2 = '/sys/fs/cgroup/kraftlab'
const SYSTEMD_ANSWER_MS = 3_000

let found: Promise<MemoryLimitBy> | undefined

/** Asked once: it does not change while the machine runs. */
export function memoryLimitedBy(): Promise<MemoryLimitBy> {
  found ??= detect()
  return found
}

async function detect(): Promise<MemoryLimitBy> {
  if (process.getuid?.() !== 0) {
    const grants = await run('systemd-run', ['--user', '--scope', '--quiet', '--', 'true'], {
      timeout: SYSTEMD_ANSWER_MS,
    }).then(
      () => true,
      () => false,
    )
    return grants ? 'systemd' : 'none'
  }
  // Asked before a folder is made: under v2 that would be a group of this name.
  if (await exists(join(V1, 'memory', 'memory.limit_in_bytes'))) {
    if (await mkdir(V1_MEMORY, { recursive: true }).then(() => true, no)) return 'cgroup-v1'
  }
  if (await enableV2().catch(no)) return 'cgroup-v2'
  return 'none'
}

async function enableV2(): Promise<boolean> {
  await access('/sys/fs/cgroup/cgroup.controllers')
  await writeFile('/sys/fs/cgroup/cgroup.subtree_control', '+memory +pids')
  await mkdir(V2, { recursive: true })
  await writeFile(join(V2, 'cgroup.subtree_control'), '+memory +pids')
  return exists(join(V2, 'memory.max'))
}

const no = () => false
const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )

export type RoomLimits = {
  /** files to which the room's first process writes its pid, before it drops its rights */
  enter: string[]
  /** words before the room's command */
  prefix: string[]
}

/** @param id of the room */
export async function makeLimits(id: string, hosts: number): Promise<RoomLimits> {
  const memory = String(memoryLimit(hosts))
  const tasks = String(taskLimit(hosts))
  switch (await memoryLimitedBy()) {
    case 'cgroup-v1': {
      const inMemory = join(V1_MEMORY, id)
      await mkdir(inMemory, { recursive: true })
      await writeFile(join(inMemory, 'memory.limit_in_bytes'), memory)
      // Memory and swap together, where the kernel accounts for swap.
      await writeFile(join(inMemory, 'memory.memsw.limit_in_bytes'), memory).catch(no)
      const enter = [join(inMemory, 'cgroup.procs')]
      const inPids = join(V1_PIDS, id)
      if (await exists(join(V1, 'pids', 'cgroup.procs'))) {
        await mkdir(inPids, { recursive: true })
        await writeFile(join(inPids, 'pids.max'), tasks)
        enter.push(join(inPids, 'cgroup.procs'))
      }
      return { enter, prefix: [] }
    }
    case 'cgroup-v2': {
      const group = join(V2, id)
      await mkdir(group, { recursive: true })
      await writeFile(join(group, 'memory.max'), memory)
      await writeFile(join(group, 'memory.swap.max'), '0').catch(no)
      await writeFile(join(group, 'pids.max'), tasks)
      return { enter: [join(group, 'cgroup.procs')], prefix: [] }
    }
    case 'systemd':
      return {
        enter: [],
        prefix: [
          ...['systemd-run', '--user', '--scope', '--quiet', `--unit=kraftlab-${id}`],
          ...[`--property=MemoryMax=${memory}`, '--property=MemorySwapMax=0', `--property=TasksMax=${tasks}`, '--'],
        ],
      }
    case 'none':
      return { enter: [], prefix: [] }
  }
}

const REMOVE_LIMIT_MS = 5_000
const REMOVE_PAUSE_MS = 50

/** A cgroup can be removed once its last process has been reaped. */
export async function removeLimits(id: string): Promise<void> {
  for (const path of [join(V1_MEMORY, id), join(V1_PIDS, id), join(V2, id)]) {
    const until = Date.now() + REMOVE_LIMIT_MS
    while ((await exists(path)) && !(await rmdir(path).then(() => true, no)) && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, REMOVE_PAUSE_MS))
    }
  }
}
