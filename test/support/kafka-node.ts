/** A real Kafka node on this machine's loopback, for what needs no room: its own ports and directory, gone when told. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readInstallation } from '#config/installation.ts'
import { freePort } from '#supervisor/process.ts'

const TOOL_LIMIT_MS = 90_000
const START_LIMIT_MS = 90_000
const STOP_LIMIT_MS = 20_000
const LOG_TAIL_CHARS = 2_000
/** Small and quick to start: several of them fit a machine of two cores. */
const JVM_OPTIONS = [
  '-Xmx192m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Xss512k',
  '-Dstdout.encoding=UTF-8',
  '-Dfile.encoding=UTF-8',
]

export const installation = readInstallation(process.cwd())

/** A Kafka of some version, as installed. */
export type KafkaProgram = {
  classPath: string
  /** of the JVM, for all that it runs */
  options?: string[]
  /** main class of a tool */
  mainClass(tool: string): string
}

const ofHome = (name: string): string => readFileSync(join(installation.kafka.home, name), 'utf8').trim()

export const installedKafka: KafkaProgram = {
  classPath: ofHome('classpath').replaceAll('/opt/kafka', installation.kafka.home),
  // The archive of the rooms: half of what a JVM does until it is up. Where it does not fit the place, it is left out.
  options: [
    ...ofHome('jvm-options').split(' ').filter(Boolean),
    `-XX:SharedArchiveFile=${installation.kafka.archive}`,
    ...['-Xshare:auto', '-Xlog:cds=off', '-Xlog:cds*=off'],
  ],
  /** from the table that the rooms' launcher reads */
  mainClass(tool) {
    const line = readFileSync(join(installation.kafka.home, 'tools'), 'utf8')
      .split('\n')
      .find((candidate) => candidate.startsWith(`${tool} `))
    const found = line?.split(/\s+/)[1]
    if (!found) throw new Error(`no tool ${tool}`)
    return found
  },
}

const java = (program: KafkaProgram, main: string, args: string[]): string[] => [
  ...JVM_OPTIONS,
  ...(program.options ?? []),
  '-cp',
  program.classPath,
  main,
  ...args,
]

type ToolOptions = { program?: KafkaProgram | undefined; cwd?: string; input?: string }

/** Runs one of Kafka's tools to its end. @returns stdout. @throws Error with its output if it fails */
export const runTool = (name: string, args: string[], options: ToolOptions = {}): Promise<string> =>
  runMain((options.program ?? installedKafka).mainClass(name), args, options)

/** The same with any class, or a file of Java source, that uses Kafka's. */
export async function runMain(
  name: string,
  args: string[],
  { program = installedKafka, cwd = tmpdir(), input = '' }: ToolOptions = {},
): Promise<string> {
  const child = spawn(join(installation.java.home, 'bin/java'), java(program, name, args), {
    cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: TOOL_LIMIT_MS,
    killSignal: 'SIGKILL',
  })
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const [status] = await once(child, 'close')
  if (status !== 0) throw new Error(`${name} ${args.join(' ')}: status ${status}\n${stdout}\n${stderr}`)
  return stdout
}

export type NodeOptions = {
  quorum: 'static' | 'dynamic'
  settings?: Record<string, string>
  /** 1 where left out */
  id?: number
  /** both where left out */
  roles?: ('broker' | 'controller')[]
  /** the installed one where left out */
  program?: KafkaProgram
}

/** As Kafka makes them: 16 bytes, and none that a command line would take for an option. */
export function randomId(): string {
  const id = randomBytes(16).toString('base64url')
  return id.startsWith('-') ? randomId() : id
}

export class KafkaNode {
  readonly folder = mkdtempSync(join(tmpdir(), 'kraftlab-kafka-'))
  readonly id: number
  readonly roles: ('broker' | 'controller')[]
  #process: ChildProcess | undefined

  private constructor(
    readonly options: NodeOptions,
    readonly brokerPort: number,
    readonly controllerPort: number,
  ) {
    this.id = options.id ?? 1
    this.roles = options.roles ?? ['broker', 'controller']
  }

  /** Makes its configuration; neither formatted nor started. */
  static async make(options: NodeOptions): Promise<KafkaNode> {
    const [node] = await KafkaNode.makeAll([options])
    return node as KafkaNode
  }

  /** Nodes of one cluster, which know of each other. */
  static async makeAll(all: NodeOptions[]): Promise<KafkaNode[]> {
    const nodes: KafkaNode[] = []
    for (const options of all) nodes.push(new KafkaNode(options, await freePort(), await freePort()))
    const controllers = nodes.filter((node) => node.roles.includes('controller'))
    for (const node of nodes) {
      mkdirSync(node.logs)
      writeFileSync(node.config, node.#properties(controllers))
    }
    return nodes
  }

  get #program(): KafkaProgram {
    return this.options.program ?? installedKafka
  }
  get config(): string {
    return join(this.folder, 'server.properties')
  }
  get logs(): string {
    return join(this.folder, 'logs')
  }
  get bootstrap(): string {
    return `127.0.0.1:${this.brokerPort}`
  }
  get controller(): string {
    return `127.0.0.1:${this.controllerPort}`
  }
  /** those it listens on */
  get ports(): number[] {
    return this.roles.map((role) => (role === 'broker' ? this.brokerPort : this.controllerPort))
  }
  get metadataFolder(): string {
    return join(this.logs, '__cluster_metadata-0')
  }
  get pid(): number | undefined {
    return this.#process?.pid
  }

  #properties(controllers: KafkaNode[]): string {
    const isController = this.roles.includes('controller')
    const quorum: Record<string, string> =
      this.options.quorum === 'static'
        ? { 'controller.quorum.voters': controllers.map(({ id, controller }) => `${id}@${controller}`).join(',') }
        : { 'controller.quorum.bootstrap.servers': controllers.map(({ controller }) => controller).join(',') }
    const listeners = [
      ...(this.roles.includes('broker') ? [`PLAINTEXT://${this.bootstrap}`] : []),
      ...(isController ? [`CONTROLLER://${this.controller}`] : []),
    ].join(',')
    const settings = {
      'process.roles': this.roles.join(','),
      'node.id': String(this.id),
      ...quorum,
      listeners,
      'advertised.listeners': listeners,
      'controller.listener.names': 'CONTROLLER',
      'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      'log.dirs': this.logs,
      'offsets.topic.replication.factor': '1',
      'offsets.topic.num.partitions': '3',
      'transaction.state.log.replication.factor': '1',
      'transaction.state.log.min.isr': '1',
      'group.initial.rebalance.delay.ms': '0',
      // 128 MiB by default, which a small heap has not
      'log.cleaner.dedupe.buffer.size': '2097152',
      ...this.options.settings,
    }
    return Object.entries(settings)
      .map(([key, value]) => `${key}=${value}\n`)
      .join('')
  }

  /** As `runTool`, in its folder. */
  tool(name: string, args: string[], input = ''): Promise<string> {
    return runTool(name, args, { program: this.#program, cwd: this.folder, input })
  }

  /** @returns the cluster id */
  async format(clusterId?: string): Promise<string> {
    const id = clusterId ?? randomId()
    const how = this.options.quorum === 'dynamic' ? ['--standalone'] : []
    await this.tool('kafka-storage', ['format', '--config', this.config, '--cluster-id', id, ...how])
    return id
  }

  wipe(): void {
    rmSync(this.logs, { recursive: true, force: true })
    mkdirSync(this.logs)
  }

  /** Resolves once the broker has started. */
  async start(): Promise<void> {
    const log = createWriteStream(join(this.folder, 'node.log'), { flags: 'a' })
    const child = spawn(
      join(installation.java.home, 'bin/java'),
      // "Kafka Server started" is said on stdout then
      ['-Dlog4j2.level=INFO', ...java(this.#program, 'kafka.Kafka', [this.config])],
      {
        cwd: this.folder,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    this.#process = child
    let text = ''
    const started = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`not started in ${START_LIMIT_MS} ms: ${text}`)), START_LIMIT_MS)
      const hear = (chunk: Buffer): void => {
        log.write(chunk)
        const heard = text + chunk.toString()
        text = heard.slice(-LOG_TAIL_CHARS)
        if (!heard.includes('Kafka Server started')) return
        clearTimeout(timer)
        resolve()
      }
      child.stdout.on('data', hear)
      child.stderr.on('data', hear)
      child.once('exit', () => {
        clearTimeout(timer)
        log.end()
        reject(new Error(`the node ended: ${text}`))
      })
    })
    await started
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
    await ended
    clearTimeout(timer)
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM')
  }
  kill(): Promise<void> {
    return this.#end('SIGKILL')
  }
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process?.kill(signal)
  }

  /** Ends it and leaves nothing behind. */
  async remove(): Promise<void> {
    await this.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
