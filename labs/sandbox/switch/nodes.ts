/** What can be done to the node of a host. Each says when it was done, before it waits for what comes of it. */
import { setTimeout as delay } from 'node:timers/promises'
import { KraftlabError } from '#config/errors.ts'
import type { NODE_ACTIONS } from '#labs/protocol/observation.ts'
import type { RoomNode } from '#labs/protocol/room.ts'
import { WRITABLE } from '../places.ts'
import { stateOf } from '../proc.ts'
import { Disks } from './disks.ts'
import { readHostFiles } from './files.ts'
import type { Host } from './host.ts'
import type { KafkaProcess, KafkaProcesses } from './kafka-processes.ts'
import type { Observations } from './observations.ts'
import { runAsLearner } from './run.ts'
import { listensAt } from './sockets.ts'
import { hasLogs, wipe } from './wipe.ts'

export type NodeAction = (typeof NODE_ACTIONS)[number]
/** What is left to wait for when the thing itself is done; the next fault need not wait for it. */
type Rest = () => Promise<void>

const POLL_MS = 50
/** From SIGSTOP, SIGCONT or SIGKILL to its effect, on a busy machine. */
const SIGNAL_LIMIT_MS = 5_000
/** A broker without a quorum tries for minutes to take its leave. */
const STOP_LIMIT_MS = 9_000
/** Then it is killed, as container runtimes do. */
const RESTART_STOP_LIMIT_MS = 7_000
/** The launcher alone, on a machine where all nodes start at once. */
const LAUNCH_LIMIT_MS = 10_000
const APPEAR_LIMIT_MS = 3_000
/** One whose configuration is wrong dies within 2 s on a quiet machine; one that is well listens by then. */
const EARLY_DEATH_MS = 8_000
/** What the host's program is started with, and where it then writes what it says. */
const PROGRAMS = {
  kafka: { start: 'kafka-server-start', output: `${WRITABLE.home}/kafka/logs/kafkaServer.out` },
  zookeeper: { start: 'zookeeper-server-start', output: `${WRITABLE.home}/kafka/logs/zookeeper.out` },
}
const MAX_OUTPUT_BYTES = 256 * 2 ** 10
const MAX_REASON_CHARS = 300

export class Node {
  private readonly disks: Disks
  /** told to stop, and not yet gone */
  private stopping: KafkaProcess | null = null

  constructor(
    private readonly host: Host,
    private readonly node: RoomNode,
    private readonly processes: KafkaProcesses,
    observations: Observations,
  ) {
    this.disks = new Disks(host, node, (seen) => observations.add(seen))
  }

  private get program(): (typeof PROGRAMS)['kafka'] {
    return PROGRAMS[this.node.roles.includes('zookeeper') ? 'zookeeper' : 'kafka']
  }

  private get name(): string {
    return this.host.name
  }

  /**
   * @param done called when it has taken place
   * @throws KraftlabError ALREADY_SO, and with what kept it from being done
   */
  async act(action: NodeAction, done: () => void): Promise<Rest | undefined> {
    const running = await this.running()
    const first = running[0]
    switch (action) {
      case 'start':
        if (first)
          throw alreadySo(`${this.name} ${this.isStopping(first) ? 'is still stopping' : 'is running already'}.`)
        return this.start(done)
      case 'stop': {
        const process = this.require(first)
        if (this.isStopping(process)) throw alreadySo(`${this.name} is stopping already.`)
        this.stop(running)
        done()
        return () => this.gone(STOP_LIMIT_MS).then(() => undefined)
      }
      case 'kill':
        this.require(first)
        await this.kill(running)
        done()
        return
      case 'pause':
        if (this.require(first) && running.every(({ isPaused }) => isPaused))
          throw alreadySo(`${this.name} is paused already.`)
        await this.pass(running, 'SIGSTOP', done)
        return
      case 'resume':
        this.require(first)
        if (running.every(({ isPaused }) => !isPaused)) throw alreadySo(`${this.name} is not paused.`)
        await this.pass(running, 'SIGCONT', done)
        return
      case 'restart':
        if (!first) return this.start(done)
        this.stop(running)
        done()
        if (!(await this.gone(RESTART_STOP_LIMIT_MS))) await this.kill(await this.running())
        return this.start(() => {})
      case 'wipe': {
        const directories = this.node.logDirectories
        const hadLogs = await hasLogs(this.host, directories)
        if (!first && !hadLogs) throw alreadySo(`The log directories of ${this.name} are empty already.`)
        await this.kill(await this.running())
        await wipe(this.host, directories)
        done()
        return
      }
      case 'fill':
        await this.disks.fill(done)
        return
      case 'free':
        this.disks.empty(done)
        return
    }
  }

  private running(): Promise<KafkaProcess[]> {
    return this.processes.of(this.name)
  }

  private require(process: KafkaProcess | undefined): KafkaProcess {
    if (!process) throw alreadySo(`${this.name} is not running.`)
    return process
  }

  private isStopping({ pid, startTime }: KafkaProcess): boolean {
    return this.stopping?.pid === pid && this.stopping.startTime === startTime
  }

  /** One that is paused could not obey: it is told to go on, as systemd does. */
  private stop(running: KafkaProcess[]): void {
    this.stopping = running[0] ?? null
    signal(running, 'SIGTERM')
    signal(running, 'SIGCONT')
  }

  private async kill(running: KafkaProcess[]): Promise<void> {
    signal(running, 'SIGKILL')
    if (!(await this.gone(SIGNAL_LIMIT_MS))) throw unavailable(`${this.name} was killed and is not gone yet.`)
  }

  private async pass(running: KafkaProcess[], name: 'SIGSTOP' | 'SIGCONT', done: () => void): Promise<void> {
    signal(running, name)
    const obeyed = async () => (await this.running()).every(({ isPaused }) => isPaused === (name === 'SIGSTOP'))
    if (!(await this.until(obeyed, SIGNAL_LIMIT_MS)))
      throw unavailable(`${this.name} got ${name} and has not obeyed yet.`)
    done()
  }

  private gone(limitMs: number): Promise<boolean> {
    return this.until(async () => (await this.running()).length === 0, limitMs)
  }

  /** As a learner does it, so that it is in every way a node that a learner started. */
  private async start(done: () => void): Promise<Rest> {
    const launched = await runAsLearner(
      this.host,
      [this.program.start, '-daemon', this.node.properties],
      LAUNCH_LIMIT_MS,
    )
    if (launched.status !== 0) throw unavailable(`${this.name} did not start: ${reasonIn(launched.said)}`)
    if (!(await this.until(async () => (await this.running()).length > 0, APPEAR_LIMIT_MS)))
      throw unavailable(`${this.name} did not start: ${await this.reason()}`)
    done()
    return () => this.survives()
  }

  /** Waits until it listens, or has lived for long enough. @throws KraftlabError with the reason where it ends before */
  private async survives(): Promise<void> {
    const [process] = await this.running()
    const died = await this.until(async () => {
      const [now] = await this.running()
      if (!process || now?.pid !== process.pid) return 'died'
      return (await listensAt(this.host, process.pid)) && 'listens'
    }, EARLY_DEATH_MS)
    if (died === 'died') throw unavailable(`${this.name} ended right after its start: ${await this.reason()}`)
  }

  private async reason(): Promise<string> {
    const [output] = await readHostFiles(this.host, [{ path: this.program.output, maxBytes: MAX_OUTPUT_BYTES }])
    return reasonIn(output && 'text' in output ? (output.text ?? '') : '')
  }

  /** @returns what `look` gave at last */
  private async until<Found>(look: () => Promise<Found>, limitMs: number): Promise<Found> {
    const end = performance.now() + limitMs
    for (;;) {
      const found = await look()
      if (found || performance.now() > end) return found
      await delay(POLL_MS)
    }
  }
}

const alreadySo = (message: string) => new KraftlabError('ALREADY_SO', message)
const unavailable = (message: string) => new KraftlabError('HOST_UNAVAILABLE', message)

function signal(processes: KafkaProcess[], name: NodeJS.Signals): void {
  for (const { pid, startTime } of processes) {
    // its number may be another's by now
    if (stateOf(pid)?.startTime !== startTime) continue
    try {
      process.kill(pid, name)
    } catch (error) {
      // It ended by itself.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

/** Of what a node said at its end the line that says why: the last exception's, else the last line. */
function reasonIn(output: string): string {
  const lines = output
    .replaceAll(/[\x00-\x08\x0b-\x1f\x7f]/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
  const exception = lines.findLast((line) => /^(Caused by: )?[\w.$]+(Exception|Error)\b/.test(line))
  return (exception ?? lines.at(-1) ?? 'it left no message').trim().slice(0, MAX_REASON_CHARS)
}
