/** Processes without a place in the room's terminals: `labs run`. Output is passed on as it comes, with flow control. */
import { KraftlabError } from '#config/errors.ts'
import type { FromSwitch, ToSwitch } from '#labs/protocol/room.ts'
import type { FromSpawner } from '../spawner/protocol.ts'
import type { Host } from './host.ts'

type Message<Type extends ToSwitch['type']> = Extract<ToSwitch, { type: Type }>
/** As a login shell would run it, its arguments untouched. */
export const LOGIN = ['/bin/bash', '--login', '-c', 'exec "$@"', 'bash']
const STATUS_LOST = 137

export class Processes {
  private readonly running = new Map<string, { host: Host; tty: boolean }>()

  constructor(
    private readonly hosts: Map<string, Host>,
    /** @param drained called when the message has left this process */
    private readonly say: (message: FromSwitch, drained?: () => void) => void,
  ) {
    for (const host of hosts.values()) host.on('spawner', (event) => this.onSpawner(host, event))
  }

  start({ process: id, host: name, argv, tty }: Message<'process.start'>): Promise<void> {
    const host = this.hosts.get(name)
    if (!host) throw new KraftlabError('UNKNOWN_HOST')
    this.running.set(id, { host, tty: tty !== null })
    const started = new Promise<void>((resolve, reject) => {
      const listen = (event: FromSpawner) => {
        if (!('id' in event) || event.id !== id) return
        host.off('spawner', listen)
        if (event.event === 'failed') reject(new KraftlabError('HOST_UNAVAILABLE', event.why))
        else resolve()
      }
      host.on('spawner', listen)
    })
    const command = [...LOGIN, ...argv]
    host.order(tty ? { op: 'pty', id, argv: command, ...tty } : { op: 'process', id, argv: command })
    return started
  }

  input({ process: id, data, end }: Message<'process.input'>): void {
    this.running.get(id)?.host.order({ op: 'input', id, data, end, base64: true })
  }

  signal({ process: id, signal }: Message<'process.signal'>): void {
    this.running.get(id)?.host.order({ op: 'signal', id, signal })
  }

  private onSpawner(host: Host, event: FromSpawner): void {
    if (event.event === 'ready') return this.lost(host)
    if (event.event === 'pong') return
    const process = this.running.get(event.id)
    if (!process || process.host !== host) return
    const { id } = event
    if (event.event === 'output') {
      const data = process.tty ? Buffer.from(event.data).toString('base64') : event.data
      const acknowledge = () => host.order({ op: 'acknowledge', id, chars: event.data.length })
      this.say({ type: 'process.output', process: id, stream: event.stream, data }, acknowledge)
    }
    if (event.event === 'exit') {
      this.running.delete(id)
      this.say({ type: 'process.exit', process: id, status: event.status })
    }
  }

  /** Whoever started them is gone, and nobody reads what they say. */
  endAll(): void {
    for (const [id, { host }] of this.running) host.order({ op: 'signal', id, signal: 'SIGKILL' })
    this.running.clear()
  }

  /** The spawner was killed, and what it had started is nobody's now. */
  private lost(host: Host): void {
    for (const [id, process] of this.running) {
      if (process.host !== host) continue
      this.running.delete(id)
      this.say({ type: 'process.exit', process: id, status: STATUS_LOST })
    }
  }
}
