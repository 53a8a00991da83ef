/** What is asked of processes that we start, wherever they are started. */
import type { ChildProcess } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { createServer, type ListenOptions, type Server } from 'node:net'

/** Asks it to end and waits; one that has not after `limitMs` is killed. */
export function endProcess(child: ChildProcess, limitMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    const limit = setTimeout(() => child.kill('SIGKILL'), limitMs)
    child.once('exit', () => {
      clearTimeout(limit)
      resolve()
    })
    child.kill('SIGTERM')
  })
}

/** Below those that Linux gives to connections (net.ipv4.ip_local_port_range): none of them takes one before it is used. */
const PORTS = { from: 10_000, to: 32_000 }
const TRIES = 50

/** A port on 127.0.0.1 that nobody has now, and that no other process of ours is given while this one lives. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = randomInt(PORTS.from, PORTS.to)
    if ((await reserve(port)) && (await isFree(port))) return port
  }
  throw new Error(`none of ${TRIES} ports on 127.0.0.1 is free`)
}

/** By an abstract socket (unix(7)): of one name there is one, and it goes with its process. */
async function reserve(port: number): Promise<boolean> {
  const name = createServer().unref()
  return await listens(name, { path: `\0kraftlab-port-${port}` })
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const free = await listens(server, { port, host: '127.0.0.1' })
  if (free) await new Promise((closed) => server.close(closed))
  return free
}

function listens(server: Server, where: ListenOptions): Promise<boolean> {
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(where, () => resolve(true))
  })
}
