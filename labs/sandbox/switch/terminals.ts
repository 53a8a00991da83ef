/** The room's terminals: opened, typed into, watched, ended. */
import { KraftlabError } from '#config/errors.ts'
import type { Observation } from '#labs/protocol/observation.ts'
import type { FromSwitch, ToSwitch } from '#labs/protocol/room.ts'
import type { FromSpawner } from '../spawner/protocol.ts'
import type { Host } from './host.ts'
import { Terminal } from './terminal.ts'

/** Each costs a shell and a screen. */
const MAX_TERMINALS = 12
/** Those that ended are kept to be read, until they are closed or there are so many. */
const MAX_ENDED = 12
/** A shell with completion loaded is there in a tenth of this. */
const FIRST_PROMPT_MS = 10_000
const SHELL = ['/bin/bash', '--login']

type Size = { cols: number; rows: number }
type Message<Type extends ToSwitch['type']> = Extract<ToSwitch, { type: Type }>

export class Terminals {
  private readonly terminals = new Map<string, Terminal>()
  private readonly viewers = new Map<string, Terminal>()
  private readonly welcomed = new Set<string>()
  private opened = 0

  constructor(
    private readonly hosts: Map<string, Host>,
    private readonly welcome: string,
    private readonly say: (message: FromSwitch) => void,
    private readonly observed: (observation: Observation) => void,
  ) {
    for (const host of hosts.values()) {
      host.on('spawner', (event) => this.onSpawner(host.name, event))
      host.on('lost', () => this.endAll(host.name, 'The host was restarted.'))
      host.on('gone', () => this.endAll(host.name, 'The host has ended.'))
    }
  }

  get states(): Terminal['state'][] {
    return [...this.terminals.values()].map((terminal) => terminal.state)
  }

  open(hostName: string, size: Size): Terminal {
    const host = this.hosts.get(hostName)
    if (!host) throw new KraftlabError('UNKNOWN_HOST')
    const all = [...this.terminals.values()]
    if (all.filter(({ isAlive }) => isAlive).length >= MAX_TERMINALS) throw new KraftlabError('TOO_MANY_TERMINALS')
    const ended = all.filter(({ isAlive }) => !isAlive)
    for (const { id } of ended.slice(0, Math.max(0, ended.length + 1 - MAX_ENDED))) this.close(id)
    const id = `t${++this.opened}`
    const count = [...this.terminals.values()].filter((one) => one.host === hostName).length
    const terminal = new Terminal({
      ...size,
      id,
      host: hostName,
      title: count === 0 ? hostName : `${hostName} ${count + 1}`,
      say: this.say,
      marks: {
        runs: () => {},
        ended: (command, startedAt, exitStatus) =>
          this.observed({ type: 'command', host: hostName, terminal: id, command, exitStatus, startedAt }),
      },
      input: (data) => host.order({ op: 'input', id, data }),
      resize: ({ cols, rows }) => host.order({ op: 'resize', id, cols, rows }),
      acknowledge: (chars) => host.order({ op: 'acknowledge', id, chars }),
      changed: () => this.tell(),
    })
    this.terminals.set(id, terminal)
    if (this.welcome && !this.welcomed.has(hostName)) terminal.print(`${this.welcome}\n`)
    this.welcomed.add(hostName)
    host.order({ op: 'pty', id, argv: SHELL, ...size })
    this.tell()
    return terminal
  }

  /** Types a command at a prompt: in the preferred terminal, in another of the host, or in a new one. */
  async run({ host, preferred, command, cols, rows }: Message<'terminal.run'>): Promise<Terminal> {
    const atPrompt = [...this.terminals.values()].filter((one) => one.host === host && one.isFree)
    const terminal = atPrompt.find(({ id }) => id === preferred) ?? atPrompt[0] ?? this.open(host, { cols, rows })
    await terminal.prompt(FIRST_PROMPT_MS)
    if (!terminal.isAtPrompt) throw new KraftlabError('NOT_AT_PROMPT')
    // Several lines go in as one paste, so that the shell takes them as they are.
    const typed = command.includes('\n') ? `\x1b[200~${command}\x1b[201~\r` : `${command}\r`
    this.input(terminal.id, typed)
    return terminal
  }

  input(id: string, data: string): void {
    const terminal = this.terminals.get(id)
    if (terminal?.isAlive) terminal.type(data)
  }

  close(id: string): void {
    const terminal = this.terminals.get(id)
    if (!terminal) return
    if (terminal.isAlive) this.hosts.get(terminal.host)?.order({ op: 'signal', id, signal: 'SIGHUP' })
    this.terminals.delete(id)
    for (const [viewer, at] of this.viewers) if (at === terminal) this.viewers.delete(viewer)
    terminal.dispose()
    this.tell()
  }

  attach({ viewer, terminal: id, visible, watches, cols, rows }: Message<'viewer.attach'>): void {
    const terminal = this.terminals.get(id)
    if (!terminal) return
    this.detach(viewer)
    this.viewers.set(viewer, terminal)
    terminal.attach(viewer, { visible, watches, cols, rows })
  }

  detach(viewer: string): void {
    this.viewers.get(viewer)?.detach(viewer)
    this.viewers.delete(viewer)
  }

  /** The gateway went, and its viewers with it. */
  detachAll(): void {
    for (const viewer of [...this.viewers.keys()]) this.detach(viewer)
  }

  acknowledge(viewer: string, chars: number): void {
    this.viewers.get(viewer)?.acknowledge(viewer, chars)
  }

  setVisible(viewer: string, visible: boolean): void {
    this.viewers.get(viewer)?.setVisible(viewer, visible)
  }

  resize(viewer: string, size: Size): void {
    this.viewers.get(viewer)?.resize(viewer, size)
  }

  private onSpawner(host: string, event: FromSpawner): void {
    if (event.event === 'ready') return this.endAll(host, "The host's terminal service was restarted.")
    if (event.event === 'pong') return
    const terminal = this.terminals.get(event.id)
    if (!terminal || terminal.host !== host) return
    switch (event.event) {
      case 'output':
        return terminal.output(event.data)
      case 'exit':
        return terminal.end('The shell has ended.')
      case 'failed':
        return terminal.end(`The shell could not start: ${event.why}`)
    }
  }

  private endAll(host: string, why: string): void {
    for (const terminal of this.terminals.values()) if (terminal.host === host) terminal.end(why)
  }

  private tell(): void {
    this.say({ type: 'terminals', terminals: this.states })
  }
}
