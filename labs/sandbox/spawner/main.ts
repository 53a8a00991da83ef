/**
 * In a host, with exactly the learner's rights: starts shells and processes. Trusted with nothing. A learner may kill it;
 * pid 1 starts it again.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { Socket } from 'node:net'
import { constants } from 'node:os'
import { type IPty, spawn as spawnPty } from 'node-pty'
import { readLines, writeLine } from '../lines.ts'
import { type FromSpawner, RESUME_BELOW_CHARS, type ToSpawner, UNACKNOWLEDGED_CHARS } from './protocol.ts'
import { PtyInput } from './pty-input.ts'

const CHANNEL_FD = 3
const HOME = '/home/learner'
const START_IN = `${HOME}/kafka`

const ENVIRONMENT = {
  PATH: '/opt/python/bin:/opt/kafka/bin:/opt/java/bin:/opt/node/bin:/usr/bin:/bin:/usr/sbin:/sbin',
  HOME,
  USER: 'learner',
  LOGNAME: 'learner',
  SHELL: '/bin/bash',
  LANG: 'C.UTF-8',
  TERM: 'xterm-256color',
  COLORTERM: 'truecolor',
  JAVA_HOME: '/opt/java',
}

/**
 * Before a learner's program: close what node-pty and this process left open, and give up the capability that keeps a
 * learner from tracing this process (CAP_WAKE_ALARM, ambient: the kernel asks a tracer for a superset).
 */
const PRELUDE = [
  '/bin/bash',
  '-c',
  'for fd in /proc/self/fd/*; do fd=${fd##*/}; [ "$fd" -gt 2 ] && eval "exec $fd>&-"; done; exec setpriv --inh-caps=-all --ambient-caps=-all -- "$@"',
  'learner',
]

// Any of these would end or, SIGUSR1, open a debugger into this process.
const HANDLED = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2', 'SIGALRM', 'SIGPIPE'] as const
for (const signal of HANDLED) process.on(signal, () => {})

const channel = new Socket({ fd: CHANNEL_FD, readable: true, writable: true })
const say = (event: FromSpawner) => writeLine(channel, event)
channel.on('close', () => process.exit(0))
channel.on('error', () => process.exit(0))
readLines(
  channel,
  (line) => obey(line as ToSpawner),
  () => process.exit(1),
  // The first line may be the rest of one whose beginning was read by the spawner before this one.
  { skipsBroken: true },
)

class Flow {
  private unacknowledged = 0
  private paused = false
  constructor(
    private readonly pause: () => void,
    private readonly resume: () => void,
  ) {}
  sent(chars: number): void {
    this.unacknowledged += chars
    if (!this.paused && this.unacknowledged > UNACKNOWLEDGED_CHARS) {
      this.paused = true
      this.pause()
    }
  }
  acknowledged(chars: number): void {
    this.unacknowledged = Math.max(0, this.unacknowledged - chars)
    if (this.paused && this.unacknowledged < RESUME_BELOW_CHARS) {
      this.paused = false
      this.resume()
    }
  }
}

type Running =
  | { kind: 'pty'; pty: IPty; input: PtyInput; flow: Flow }
  | { kind: 'process'; child: ChildProcess; flow: Flow }
const running = new Map<string, Running>()

const status = (code: number | null, signal: number) => (signal > 0 ? 128 + signal : (code ?? 0))
const cwd = () => (existsSync(START_IN) ? START_IN : HOME)

function obey(order: ToSpawner): void {
  const target = 'id' in order ? running.get(order.id) : undefined
  switch (order.op) {
    case 'pty':
      return startPty(order.id, order.argv, order.cols, order.rows)
    case 'process':
      return startProcess(order.id, order.argv)
    case 'input': {
      const data = order.base64 ? Buffer.from(order.data, 'base64') : order.data
      if (target?.kind === 'pty') target.input.write(typeof data === 'string' ? data : data.toString('utf8'))
      else if (order.end) target?.child.stdin?.end(data)
      else target?.child.stdin?.write(data)
      return
    }
    case 'resize':
      if (target?.kind === 'pty') target.pty.resize(order.cols, order.rows)
      return
    case 'acknowledge':
      target?.flow.acknowledged(order.chars)
      return
    case 'ping':
      return say({ event: 'pong' })
    case 'signal':
      if (target?.kind === 'pty') target.pty.kill(order.signal)
      else if (target?.child.pid) signalGroup(target.child.pid, order.signal as NodeJS.Signals)
      return
  }
}

/** As Ctrl-C does in a terminal: also what the process has started. */
function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // it has ended
  }
}

function startPty(id: string, argv: string[], cols: number, rows: number): void {
  try {
    const [file, ...args] = [...PRELUDE, ...argv]
    const pty = spawnPty(file!, args, { name: ENVIRONMENT.TERM, cols, rows, cwd: cwd(), env: ENVIRONMENT })
    const flow = new Flow(
      () => pty.pause(),
      () => pty.resume(),
    )
    const input = new PtyInput(pty)
    running.set(id, { kind: 'pty', pty, input, flow })
    pty.onData((data) => {
      flow.sent(data.length)
      say({ event: 'output', id, stream: 'stdout', data })
    })
    pty.onExit(({ exitCode, signal }) => {
      input.close()
      running.delete(id)
      say({ event: 'exit', id, status: status(exitCode, signal ?? 0) })
    })
    say({ event: 'started', id })
  } catch (error) {
    say({ event: 'failed', id, why: error instanceof Error ? error.message : String(error) })
  }
}

function startProcess(id: string, argv: string[]): void {
  const [file, ...args] = [...PRELUDE, ...argv]
  const child = spawn(file!, args, {
    cwd: cwd(),
    env: ENVIRONMENT as unknown as NodeJS.ProcessEnv,
    stdio: 'pipe',
    detached: true,
  })
  const streams = [child.stdout, child.stderr]
  const flow = new Flow(
    () => {
      for (const stream of streams) stream.pause()
    },
    () => {
      for (const stream of streams) stream.resume()
    },
  )
  running.set(id, { kind: 'process', child, flow })
  child.stdin.on('error', () => {}) // it closed its input: what was typed on is nobody's
  for (const [stream, name] of [
    [child.stdout, 'stdout'],
    [child.stderr, 'stderr'],
  ] as const) {
    stream.on('data', (chunk: Buffer) => {
      const data = chunk.toString('base64')
      flow.sent(data.length)
      say({ event: 'output', id, stream: name, data })
    })
  }
  child.once('spawn', () => say({ event: 'started', id }))
  child.once('error', (error) => {
    running.delete(id)
    say({ event: 'failed', id, why: error.message })
  })
  child.once('close', (code, signal) => {
    running.delete(id)
    say({ event: 'exit', id, status: status(code, signal ? constants.signals[signal] : 0) })
  })
}

// Ends the line in whose middle the spawner before this one may have been killed.
channel.write('\n')
say({ event: 'ready' })
