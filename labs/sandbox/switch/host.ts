/**
 * A host: a bubblewrap nested in the room's, where the learner's processes are. Its pid 1 is a small shell that starts the
 * spawner again when a learner's `kill -9 -1` took it away.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { closeSync, mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import type { z } from 'zod'
import type { RoomHost, roomPlan } from '#labs/protocol/room.ts'
import { childPid } from '../info.ts'
import { readLines, writeLine } from '../lines.ts'
import { ETC } from '../outer.ts'
import { KAFKA, kafkaAt, NODE, onDisk, ROOM_PROGRAMS, WRITABLE } from '../places.ts'
import { pidNamespace, pids, readProc } from '../proc.ts'
import type { FromSpawner, ToSpawner } from '../spawner/protocol.ts'
import { command } from './commands.ts'
import { addressOf, connectHost } from './network.ts'
import { fromSpawner } from './spawner-messages.ts'

/** Sized, so that a full disk stays a lesson for one host; inodes too, as they cost memory. */
const DISKS = {
  home: { at: WRITABLE.home, options: 'size=128m,nr_inodes=20k,mode=755' },
  kafka: { at: WRITABLE.kafka, options: 'size=384m,nr_inodes=50k,mode=755' },
  tmp: { at: WRITABLE.tmp, options: 'size=384m,nr_inodes=50k,mode=1777' },
  run: { at: '/run', options: 'size=4m,nr_inodes=1k,mode=755' },
  shm: { at: '/dev/shm', options: 'size=16m,nr_inodes=1k,mode=1777' },
}
type Disk = keyof typeof DISKS
/** All that a learner can write to. */
export const ALL_DISKS = Object.keys(DISKS) as Disk[]
/** Threads count: a node, the spawner and a shell have 88 of them, a second JVM some 40 more. */
const MAX_TASKS = 400
const MAX_OPEN_FILES = 8_192
const SPAWNER_HEAP_MB = 48
const START_LIMIT_MS = 15_000
/** What may wait for a spawner that does not read: some pastes of the largest size. */
const MAX_WAITING_BYTES = 4 * 2 ** 20
const PING_MS = 3_000
/** So long without an answer: not busy, but stopped. */
const PATIENCE_MS = 15_000
/** A host that ends so often in this time is not started again. */
const RESTARTS = { most: 5, withinMs: 60_000 }
const SCRIPT = Buffer.from('#!')
/** In the home of a host with several Kafkas: leads to the one that is used. */
const CURRENT = 'current'

/** Signals ignored by pid 1, and not by what it starts: `trap ''` would be inherited. */
const FIRST_PROCESS = `
echo 500 > /proc/self/oom_score_adj
trap : HUP INT QUIT TERM USR1 USR2 ALRM PIPE
while :; do
  ${NODE} --max-old-space-size=${SPAWNER_HEAP_MB} --max-semi-space-size=1 ${ROOM_PROGRAMS}/spawner.mjs && exit
  sleep 0.1
done`

type Events = {
  spawner: [FromSpawner]
  /** Its first process ended; it is being started again, on the same disks. */
  lost: []
  /** It does not come back. */
  gone: []
}

export class Host extends EventEmitter<Events> {
  private channel!: Socket
  private process!: ChildProcess
  private readonly ends: number[] = []
  private lastHeard = 0
  pid = 0

  constructor(
    readonly plan: RoomHost,
    private readonly room: z.output<typeof roomPlan>,
  ) {
    super()
    this.setMaxListeners(0)
  }

  get name(): string {
    return this.plan.name
  }

  /** Where the switch sees a directory that the host may write to. Never open anything of a learner's below it. */
  disk(which: Disk): string {
    return `/hosts/${this.name}/${which}`
  }

  /** As the kernel names it; changes when its first process is started again. */
  get pidNamespace(): string {
    return pidNamespace(this.pid)
  }

  /** @throws Error where its first process does not come to life */
  async start(): Promise<void> {
    await this.makeDisks()
    this.layFiles()
    await this.launch()
    setInterval(() => this.ping(), PING_MS).unref()
  }

  private async launch(): Promise<void> {
    const seccomp = openSync(join(ROOM_PROGRAMS, 'seccomp.bpf'), 'r')
    this.process = spawn('bwrap', this.arguments(), {
      stdio: ['ignore', 'inherit', 'inherit', 'pipe', 'pipe', seccomp],
    })
    closeSync(seccomp)
    const { process } = this
    this.channel = process.stdio[3] as Socket
    const ended = new Promise<never>((_, reject) => {
      process.once('exit', () => reject(new Error(`host ${this.name} ended at its start`)))
    })
    const ready = new Promise<void>((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error(`host ${this.name} did not answer`)), START_LIMIT_MS)
      this.once('spawner', () => {
        clearTimeout(limit)
        resolve()
      })
    })
    ready.catch(() => {}) // told by what is awaited below, which may have failed before
    readLines(
      this.channel,
      (line) => {
        const message = fromSpawner.safeParse(line)
        if (!message.success) return
        this.lastHeard = Date.now()
        this.emit('spawner', message.data)
      },
      () => process.kill('SIGKILL'),
      { skipsBroken: true },
    )
    this.channel.on('error', () => {}) // its end tells
    const alive = (async () => {
      this.pid = await childPid(process.stdio[4] as Readable)
      await Promise.all([connectHost(this.plan, this.pid), ready])
    })()
    await Promise.race([alive, ended])
    process.once('exit', () => this.restart())
  }

  /** The kernel, short of memory, or a fork bomb can take a host's first process. Its disks are the room's. */
  private restart(): void {
    const now = Date.now()
    const recent = this.ends.filter((at) => now - at < RESTARTS.withinMs)
    this.ends.splice(0, this.ends.length, ...recent, now)
    if (this.ends.length > RESTARTS.most) {
      this.emit('gone')
      return
    }
    this.emit('lost')
    this.launch().catch((error) => {
      console.error(error)
      this.process.kill('SIGKILL')
      this.restart()
    })
  }

  order(order: ToSpawner): void {
    if (this.channel.writableLength < MAX_WAITING_BYTES) writeLine(this.channel, order)
  }

  /** A learner can stop the spawner, which nothing else would notice. Killed, it is started again by pid 1. */
  private ping(): void {
    if (Date.now() - this.lastHeard > PATIENCE_MS) {
      for (const pid of this.spawners()) process.kill(pid, 'SIGKILL')
      this.lastHeard = Date.now()
    }
    this.order({ op: 'ping' })
  }

  /** Children of pid 1 that have the guard capability, which nothing of a learner's has. */
  private spawners(): number[] {
    return pids().filter((pid) => {
      const status = readProc(`${pid}/status`)
      return new RegExp(`^PPid:\\t${this.pid}$`, 'm').test(status) && !/^CapEff:\t0+$/m.test(status)
    })
  }

  private async makeDisks(): Promise<void> {
    for (const which of ALL_DISKS) {
      mkdirSync(this.disk(which), { recursive: true })
      const options = `${DISKS[which].options},nosuid,nodev`
      await command('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', this.disk(which)])
    }
    const [first] = this.kafkas
    await command('cp', ['-a', '--no-preserve=ownership', `${first ?? KAFKA}/skeleton/.`, this.disk('home')])
    await command('chmod', ['-R', 'u+w', this.disk('home')])
    if (this.kafkas.length > 1 && first) symlinkSync(first, join(this.disk('home'), CURRENT))
  }

  /** Before the host's first process, so nothing of a learner's is in the way. */
  private layFiles(): void {
    for (const { host, path, text, encoding } of this.room.files) {
      if (host !== this.name) continue
      const place = onDisk(path)
      if (!place) throw new Error(`a lab's file lies in a home, /tmp or /var/lib/kafka, not at ${path}`)
      const to = join(this.disk(place.disk), place.inside)
      const bytes = Buffer.from(text, encoding)
      mkdirSync(dirname(to), { recursive: true })
      writeFileSync(to, bytes, { mode: bytes.subarray(0, SCRIPT.length).equals(SCRIPT) ? 0o755 : 0o644 })
    }
    const etc = `/hosts/${this.name}/etc`
    mkdirSync(etc)
    for (const [name, text] of Object.entries(this.etc())) writeFileSync(join(etc, name), text)
  }

  private etc(): Record<string, string> {
    const others = this.room.hosts.map((host) => `${addressOf(host)} ${host.name}\n`).join('')
    return {
      passwd:
        'root:x:0:0:root:/root:/usr/sbin/nologin\nlearner:x:1000:1000:learner:/home/learner:/bin/bash\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n',
      group: 'root:x:0:\ntty:x:5:\nlearner:x:1000:\nnogroup:x:65534:\n',
      // localhost alone is 127.0.0.1: Kafka would take ::1 where a client does not
      hosts: `127.0.0.1 localhost\n${others}`,
      hostname: `${this.name}\n`,
      'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\n',
      'resolv.conf': '',
    }
  }

  /** Where the room has this host's Kafkas; none: it has the current one. */
  private get kafkas(): string[] {
    return (this.plan.kafka ?? []).map(kafkaAt)
  }

  /** Several are side by side, and the learner says which is the one: by a link of theirs, as on real machines. */
  private kafkaBinds(): string[] {
    const [first = KAFKA, ...others] = this.kafkas
    if (others.length === 0) return ['--ro-bind', first, KAFKA]
    const all = this.kafkas.flatMap((path) => ['--ro-bind', path, path])
    return [...all, '--symlink', `${WRITABLE.home}/${CURRENT}`, KAFKA]
  }

  private arguments(): string[] {
    const etc = Object.keys(this.etc()).flatMap((name) => [
      '--ro-bind',
      `/hosts/${this.name}/etc/${name}`,
      `/etc/${name}`,
    ])
    const disks = ALL_DISKS.flatMap((which) => ['--bind', this.disk(which), DISKS[which].at])
    return [
      ...['--die-with-parent', '--unshare-user', '--uid', '1000', '--gid', '1000', '--disable-userns', '--unshare-net'],
      ...['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup', '--hostname', this.name],
      ...['--cap-drop', 'ALL', '--cap-add', 'CAP_WAKE_ALARM', '--new-session', '--as-pid-1'],
      ...['--ro-bind', '/usr', '/usr', '--symlink', 'usr/bin', '/bin', '--symlink', 'usr/sbin', '/sbin'],
      ...['--symlink', 'usr/lib', '/lib', '--symlink', 'usr/lib64', '/lib64', '--dir', '/etc'],
      ...ETC.flatMap((path) => ['--ro-bind-try', path, path]),
      ...etc,
      ...['--proc', '/proc', '--dev', '/dev', ...disks],
      ...this.kafkaBinds(),
      ...['java', 'python', 'javascript', 'room'].flatMap((name) => ['--ro-bind', `/opt/${name}`, `/opt/${name}`]),
      ...['--ro-bind', NODE, NODE, '--symlink', '/opt/javascript/node_modules', '/node_modules'],
      ...[
        '--remount-ro',
        '/dev',
        '--remount-ro',
        '/',
        '--chdir',
        WRITABLE.home,
        '--clearenv',
        '--setenv',
        'PATH',
        '/usr/bin:/bin',
      ],
      ...['--info-fd', '4', '--seccomp', '5', '--'],
      ...['prlimit', `--nproc=${MAX_TASKS}`, '--core=0', `--nofile=${MAX_OPEN_FILES}`, '--memlock=65536'],
      ...['sh', '-c', FIRST_PROCESS],
    ]
  }
}
