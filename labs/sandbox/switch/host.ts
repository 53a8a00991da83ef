/**
 * A host: a bubblewrap nested in the room's, where the learner's processes are. Its pid 1 is a small shell that starts the
 * spawner again when a learner's `kill -9 -1` took it away.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { dirname, join, normalize } from 'node:path'
import type { Readable } from 'node:stream'
import type { RoomHost, RoomPlan } from '#labs/protocol/room.ts'
import { childPid } from '../info.ts'
import { readLines, writeLine } from '../lines.ts'
import { ETC } from '../outer.ts'
import { KAFKA, NODE, ROOM_PROGRAMS, WRITABLE } from '../places.ts'
import type { FromSpawner, ToSpawner } from '../spawner/protocol.ts'
import { command } from './commands.ts'
import { addressOf, connectHost } from './network.ts'
import { fromSpawner } from './spawner-messages.ts'

/** Sized, so that a full disk stays a lesson for one host; inodes too, as they cost memory. */
const DISKS: Record<keyof typeof WRITABLE, string> = {
  home: 'size=128m,nr_inodes=20k',
  kafka: 'size=384m,nr_inodes=50k',
  tmp: 'size=384m,nr_inodes=50k',
}
/** Threads count: a node, the spawner and a shell have 88 of them, a second JVM some 40 more. */
const MAX_TASKS = 400
const MAX_OPEN_FILES = 8_192
const SPAWNER_HEAP_MB = 48
const START_LIMIT_MS = 15_000

/** Ignored by pid 1, and not by what it starts: `trap ''` would be inherited. */
const FIRST_PROCESS = `
echo 500 > /proc/self/oom_score_adj
trap : HUP INT QUIT TERM USR1 USR2 ALRM PIPE
while :; do
  ${NODE} --max-old-space-size=${SPAWNER_HEAP_MB} --max-semi-space-size=1 ${ROOM_PROGRAMS}/spawner.mjs && exit
  sleep 0.1
done`

type Events = { spawner: [FromSpawner]; gone: [] }

export class Host extends EventEmitter<Events> {
  private channel!: Socket
  private process!: ChildProcess
  pid = 0

  constructor(
    readonly plan: RoomHost,
    private readonly room: RoomPlan,
  ) {
    super()
    this.setMaxListeners(0)
  }

  get name(): string {
    return this.plan.name
  }

  /** Where the switch sees a directory that the host may write to. Never open anything of a learner's below it. */
  disk(which: keyof typeof WRITABLE): string {
    return `/hosts/${this.name}/${which}`
  }

  async start(): Promise<void> {
    await this.makeDisks()
    this.layFiles()
    const seccomp = openSync(join(ROOM_PROGRAMS, 'seccomp.bpf'), 'r')
    this.process = spawn('bwrap', this.arguments(), {
      stdio: ['ignore', 'inherit', 'inherit', 'pipe', 'pipe', seccomp],
    })
    closeSync(seccomp)
    this.process.once('exit', () => this.emit('gone'))
    this.channel = this.process.stdio[3] as Socket
    const ready = new Promise<void>((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error(`host ${this.name} did not answer`)), START_LIMIT_MS)
      this.once('gone', () => reject(new Error(`host ${this.name} ended at its start`)))
      this.once('spawner', () => {
        clearTimeout(limit)
        resolve()
      })
    })
    readLines(
      this.channel,
      (line) => {
        const message = fromSpawner.safeParse(line)
        if (message.success) this.emit('spawner', message.data)
      },
      () => this.process.kill('SIGKILL'),
    )
    this.channel.on('error', () => {}) // 'gone' tells
    this.pid = await childPid(this.process.stdio[4] as Readable)
    await Promise.all([connectHost(this.plan, this.pid), ready])
  }

  order(order: ToSpawner): void {
    writeLine(this.channel, order)
  }

  private async makeDisks(): Promise<void> {
    for (const [which, options] of Object.entries(DISKS) as [keyof typeof WRITABLE, string][]) {
      mkdirSync(this.disk(which), { recursive: true })
      const mode = which === 'tmp' ? '1777' : '755'
      await command('mount', ['-t', 'tmpfs', '-o', `${options},mode=${mode},nosuid,nodev`, 'tmpfs', this.disk(which)])
    }
    await command('cp', ['-a', '--no-preserve=ownership', `${KAFKA}/skeleton/.`, this.disk('home')])
    await command('chmod', ['-R', 'u+w', this.disk('home')])
  }

  /** Before the host's first process, so nothing of a learner's is in the way. */
  private layFiles(): void {
    for (const { host, path, text } of this.room.files) {
      if (host !== this.name) continue
      const [which, inside] =
        (Object.entries(WRITABLE) as [keyof typeof WRITABLE, string][]).find(([, at]) =>
          normalize(path).startsWith(`${at}/`),
        ) ?? []
      if (!which || !inside) throw new Error(`a lab's file lies in a home, /tmp or /var/lib/kafka, not at ${path}`)
      const to = join(this.disk(which), normalize(path).slice(inside.length))
      mkdirSync(dirname(to), { recursive: true })
      writeFileSync(to, text)
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

  private arguments(): string[] {
    const etc = Object.keys(this.etc()).flatMap((name) => [
      '--ro-bind',
      `/hosts/${this.name}/etc/${name}`,
      `/etc/${name}`,
    ])
    const disks = (Object.entries(WRITABLE) as [keyof typeof WRITABLE, string][]).flatMap(([which, at]) => [
      ...['--bind', this.disk(which), at],
    ])
    return [
      ...['--die-with-parent', '--unshare-user', '--uid', '1000', '--gid', '1000', '--disable-userns', '--unshare-net'],
      ...['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup', '--hostname', this.name],
      ...['--cap-drop', 'ALL', '--cap-add', 'CAP_WAKE_ALARM', '--new-session', '--as-pid-1'],
      ...['--ro-bind', '/usr', '/usr', '--symlink', 'usr/bin', '/bin', '--symlink', 'usr/sbin', '/sbin'],
      ...['--symlink', 'usr/lib', '/lib', '--symlink', 'usr/lib64', '/lib64', '--dir', '/etc'],
      ...ETC.flatMap((path) => ['--ro-bind-try', path, path]),
      ...etc,
      ...['--proc', '/proc', '--dev', '/dev', '--size', String(16 * 2 ** 20), '--tmpfs', '/dev/shm'],
      ...['--size', String(4 * 2 ** 20), '--tmpfs', '/run', ...disks],
      ...['kafka', 'java', 'python', 'javascript', 'room'].flatMap((name) => [
        '--ro-bind',
        `/opt/${name}`,
        `/opt/${name}`,
      ]),
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
