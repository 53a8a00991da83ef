/**
 * The process of Kafka, or of its ZooKeeper, on each host as the kernel shows it, whoever started it: looked for in /proc,
 * told when it changes.
 */
import { lstatSync, statSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { Observation } from '#labs/protocol/observation.ts'
import { commandLine, orEnded, pidNamespace, pids, programOf, readProc, stateOf } from '../proc.ts'
import { ALL_DISKS, type Host } from './host.ts'

const LOOK_MS = 150
/** Looking takes at most this part of a core, however many processes a learner starts. */
const MAX_SHARE = 0.05
/** A process that the kernel makes wait for its memory keeps its command line to itself as long: it is asked on. */
const RECOGNISE_LIMIT_MS = 200
const MAIN_CLASSES: ReadonlySet<string | undefined> = new Set([
  'kafka.Kafka',
  'org.apache.zookeeper.server.quorum.QuorumPeerMain',
])
/** Options of `java` whose value is the next word. */
const WITH_VALUE = new Set(
  ['-cp', '-classpath', '--class-path', '-p', '--module-path', '--upgrade-module-path', '--add-modules'].concat([
    '--enable-native-access',
    '--add-reads',
    '--add-exports',
    '--add-opens',
    '--patch-module',
    '--limit-modules',
  ]),
)
/** The state of a process that SIGSTOP stopped (proc(5)). */
const STOPPED = 'T'

export type KafkaProcess = {
  /** as the room counts */
  pid: number
  /** as its host counts */
  hostPid: number
  /** with the pid, the process and no later one */
  startTime: string
  isPaused: boolean
}
/** null: a JVM that runs something else */
type Known = { startTime: string; node: { host: string; hostPid: number } | null }
type Seen = Extract<Observation, { type: 'process' }>

export class KafkaProcesses {
  private readonly known = new Map<number, Known>()
  private readonly asked = new Set<number>()
  private found = new Map<string, KafkaProcess[]>()
  private readonly told = new Map<string, Seen>()
  private readonly held = new Set<string>()
  private readonly disks: Map<string, Set<number>>
  private turn: Promise<unknown> = Promise.resolve()
  private lookedForMs = 0

  /** Begins at once. The hosts have been started. */
  constructor(
    private readonly hosts: Map<string, Host>,
    private readonly emit: (observation: Seen) => void,
  ) {
    this.disks = new Map([...hosts].map(([name, host]) => [name, devicesOf(host)]))
    this.tick()
  }

  /** Those of the host now, the oldest first; mostly none or one. */
  async of(host: string): Promise<KafkaProcess[]> {
    await this.look()
    return this.found.get(host) ?? []
  }

  /**
   * What changes on the host meanwhile is told when `work` releases it, or ends: first that something was done, then what
   * followed.
   */
  async heldBack<Result>(host: string, work: (release: () => void) => Promise<Result>): Promise<Result> {
    const release = () => {
      if (this.held.delete(host)) this.tell()
    }
    this.held.add(host)
    try {
      return await work(release)
    } finally {
      release()
    }
  }

  private tick(): void {
    this.look()
      .catch((error) => console.error('looking for Kafka processes:', error))
      .finally(() => setTimeout(() => this.tick(), Math.max(LOOK_MS, this.lookedForMs / MAX_SHARE)))
  }

  /** One after another, so that what an earlier look found never takes the place of what a later one did. */
  private look(): Promise<void> {
    const looked = this.turn.then(() => this.lookOnce())
    this.turn = looked.catch(() => undefined)
    return looked
  }

  private async lookOnce(): Promise<void> {
    const begun = performance.now()
    const alive = new Map<number, { startTime: string; isPaused: boolean }>()
    const unknown: Promise<void>[] = []
    for (const pid of pids()) {
      const is = stateOf(pid)
      if (is?.name !== 'java') continue
      alive.set(pid, { startTime: is.startTime, isPaused: is.state === STOPPED })
      if (this.known.get(pid)?.startTime !== is.startTime && !this.asked.has(pid))
        unknown.push(this.recognise(pid, is.startTime))
    }
    for (const pid of this.known.keys()) if (!alive.has(pid)) this.known.delete(pid)
    this.lookedForMs = performance.now() - begun
    if (unknown.length > 0) await Promise.race([Promise.all(unknown), delay(RECOGNISE_LIMIT_MS)])
    this.found = new Map([...this.hosts.keys()].map((host) => [host, []]))
    for (const [pid, { startTime, isPaused }] of alive) {
      const node = this.known.get(pid)?.node
      if (node) this.found.get(node.host)?.push({ pid, hostPid: node.hostPid, startTime, isPaused })
    }
    for (const one of this.found.values()) one.sort((a, b) => Number(a.startTime) - Number(b.startTime))
    this.tell()
  }

  /** A process may take any name and any arguments, but not the file that it runs. */
  private async recognise(pid: number, startTime: string): Promise<void> {
    this.asked.add(pid)
    try {
      const namespace = pidNamespace(pid)
      const host = [...this.hosts.values()].find(({ pidNamespace }) => pidNamespace === namespace)
      const device = orEnded(() => statSync(`/proc/${pid}/exe`).dev)
      const isJava = programOf(pid) === 'java' && device !== undefined
      // A script of this name, or a program of the learner's own, may yet become the JVM.
      if (!host || !isJava || this.disks.get(host.name)?.has(device)) return
      const words = await commandLine(pid)
      if (words.length === 0) return
      const hostPid = Number(/^NSpid:.*\t(\d+)$/m.exec(readProc(`${pid}/status`))?.[1])
      if (!hostPid) return
      const node = MAIN_CLASSES.has(mainClass(words)) ? { host: host.name, hostPid } : null
      this.known.set(pid, { startTime, node })
    } finally {
      this.asked.delete(pid)
    }
  }

  private tell(): void {
    for (const [host, found] of this.found) {
      if (this.held.has(host)) continue
      const first = found[0]
      const state = !first ? 'none' : found.every(({ isPaused }) => isPaused) ? 'paused' : 'running'
      const seen: Seen = { type: 'process', host, state, pid: first?.hostPid ?? null }
      const before = this.told.get(host)
      if (before?.state === seen.state && before.pid === seen.pid) continue
      this.told.set(host, seen)
      this.emit(seen)
    }
  }
}

/** The first word that is neither an option nor the value of one. */
function mainClass([, ...words]: string[]): string | undefined {
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!
    if (word === '-jar') return undefined
    if (WITH_VALUE.has(word)) index++
    else if (!word.startsWith('-')) return word
  }
  return undefined
}

/** File systems on which a learner can put a program named java. */
const devicesOf = (host: Host): Set<number> => new Set(ALL_DISKS.map((which) => lstatSync(host.disk(which)).dev))
