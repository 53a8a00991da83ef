/** What a watcher sees of this machine's loopback, narrowed to some ports, as if it were a room of one host or more. */
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { vi } from 'vitest'
import { Schemas } from '#labs/kafka/codec/schemas.ts'
import type { Observation } from '#labs/protocol/observation.ts'
import { Watcher, type WatcherOptions } from '#labs/watcher/watcher.ts'
import { installation } from './kafka-node.ts'

export const schemas = Schemas.load(installation.kafka.schemas)

const LISTEN_STATE = '0A'
const ESTABLISHED_STATE = '01'

/** So many hosts ask at once: the kernel is asked for all of them. */
const FRESH_MS = 100
let known: { at: number; ports: Set<number> } | undefined

/** Listening TCP sockets as the kernel tells of them. */
function listening(): Set<number> {
  if (!known || performance.now() - known.at > FRESH_MS) known = { ports: readListening(), at: performance.now() }
  return known.ports
}

function readListening(): Set<number> {
  const lines = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) => readFileSync(path, 'utf8').split('\n').slice(1))
  return new Set(
    lines.flatMap((line) => {
      const [, local, , state] = line.trim().split(/\s+/)
      return state === LISTEN_STATE ? [Number.parseInt(local?.split(':').at(-1) ?? '', 16)] : []
    }),
  )
}

/** Local ports of this process's connections to these ports. */
export function establishedTo(ports: number[]): number[] {
  const own = new Set(
    readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1]
        return inode ? [inode] : []
      } catch {
        // closed since the folder was read
        return []
      }
    }),
  )
  const lines = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) => readFileSync(path, 'utf8').split('\n').slice(1))
  return lines.flatMap((line) => {
    const columns = line.trim().split(/\s+/)
    const port = (address: string | undefined): number => Number.parseInt(address?.split(':').at(-1) ?? '', 16)
    const ours = own.has(String(columns[9])) && columns[3] === ESTABLISHED_STATE && ports.includes(port(columns[2]))
    return ours ? [port(columns[1])] : []
  })
}

export async function dial(_host: string, address: string, port: number): Promise<Duplex> {
  const socket = connect(port, address)
  await once(socket, 'connect')
  return socket
}

/** @param ports of the host kafka-1, or by host */
export function watchLoopback(ports: number[] | Record<string, number[]>, more: Partial<WatcherOptions> = {}) {
  const hosts = Array.isArray(ports) ? { 'kafka-1': ports } : ports
  const seen: Observation[] = []
  const at: number[] = []
  const problems: unknown[] = []
  const watcher = new Watcher({
    hosts: Object.keys(hosts),
    sockets: async (host) => {
      const open = listening()
      return (hosts[host] ?? []).filter((port) => open.has(port)).map((port) => ({ address: '127.0.0.1', port }))
    },
    dial,
    files: async (_host, wanted) => wanted.map(() => null),
    logFiles: async () => null,
    partitionFiles: async () => null,
    newestOfLog: async () => {
      throw new Error('no host has a metadata log here')
    },
    schemas,
    problem: (error) => problems.push(error),
    ...more,
    emit: (observation) => {
      seen.push(observation)
      at.push(performance.now())
    },
  })
  return {
    watcher,
    seen,
    at,
    problems,
    of<T extends Observation['type']>(type: T): Extract<Observation, { type: T }>[] {
      return seen.filter((one): one is Extract<Observation, { type: T }> => one.type === type)
    },
    /** Waits for a condition on what was seen. */
    until<T>(what: string, find: () => T | undefined | false, timeout = 15_000): Promise<T> {
      return vi.waitFor(
        () => {
          const found = find()
          if (found === undefined || found === false)
            throw new Error(
              `not seen in ${timeout} ms: ${what}; last: ${JSON.stringify(seen.slice(-3)).slice(0, 1_500)}`,
            )
          return found
        },
        { timeout, interval: 20 },
      )
    },
  }
}
