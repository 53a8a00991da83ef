/** One part behind the front door: a Node process on a private port, started again when it ends. */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Environment } from '#config/environment.ts'
import { endProcess, freePort } from './process.ts'

const FIRST_DELAY_MS = 100
const LONGEST_DELAY_MS = 10_000
/** One that lived this long was well: the next restart is quick again. */
const WELL_MS = 30_000
/** Ending rooms takes the gateway some seconds. */
const END_LIMIT_MS = 25_000
/** Before the first start has succeeded, ending this often is a fault of the set-up that no restart mends. */
const TRIES_AT_FIRST = 3

export class Child {
  port = 0
  private process: ChildProcess | null = null
  private delay = FIRST_DELAY_MS
  private ending = false
  private timer: NodeJS.Timeout | undefined
  private tries = 0
  private answered = false

  constructor(
    readonly name: string,
    private readonly script: string,
    private readonly portVariable: string,
    private readonly environment: Environment,
  ) {}

  get address(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get running(): boolean {
    return this.process !== null && this.port !== 0
  }

  /** Told by the health check: from now on it is restarted for good. */
  wasWell(): void {
    this.answered = true
  }

  /** @param hopeless called with a line when it ends again and again without ever having answered */
  start(hopeless: (why: string) => void): void {
    void this.spawn(hopeless).catch((error) => hopeless(`${this.name} cannot be started: ${error.message}`))
  }

  private async spawn(hopeless: (why: string) => void): Promise<void> {
    this.port = await freePort()
    if (this.ending) return
    const started = Date.now()
    const { root, data, port, host } = this.environment
    const child = spawn(process.execPath, ['--enable-source-maps', this.script], {
      cwd: root,
      env: {
        ...process.env,
        NODE_ENV: 'production',
        KRAFTLAB_ROOT: root,
        KRAFTLAB_DATA: data,
        PORT: String(port),
        HOST: host,
        [this.portVariable]: String(this.port),
      },
      // what they say goes to stderr: stdout is for "ready"
      stdio: ['ignore', 2, 2, 'ipc'],
      // a group of its own: Ctrl-C in a terminal is for us, who then end it in order
      detached: true,
    })
    this.process = child
    this.tries += 1
    child.once('error', () => {})
    child.once('exit', (status, signal) => {
      this.process = null
      if (this.ending) return
      if (!this.answered && this.tries >= TRIES_AT_FIRST) {
        hopeless(`the ${this.name} ended ${this.tries} times before it was ready (${signal ?? `status ${status}`})`)
        return
      }
      if (Date.now() - started > WELL_MS) this.delay = FIRST_DELAY_MS
      process.stderr.write(`kraftlab: the ${this.name} ended (${signal ?? `status ${status}`}) and is started again\n`)
      this.timer = setTimeout(() => this.start(hopeless), this.delay)
      this.delay = Math.min(this.delay * 2, LONGEST_DELAY_MS)
    })
  }

  /** Asks it to end, which for the gateway means its rooms too, and waits; one that does not is killed. */
  end(): Promise<void> {
    this.ending = true
    clearTimeout(this.timer)
    return this.process ? endProcess(this.process, END_LIMIT_MS) : Promise.resolve()
  }

  kill(): void {
    this.ending = true
    this.process?.kill('SIGKILL')
  }
}
