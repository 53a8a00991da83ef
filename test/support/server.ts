/** The whole of Kraftlab as `npm start` runs it after set-up, with data and a port of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const START_LIMIT_MS = 120_000
/** Ctrl-C ends rooms, too. */
const STOP_LIMIT_MS = 30_000

export type Server = { url: string; data: string; stop: () => Promise<void> }

/** @throws Error with what the server said, when it is not ready in time */
export async function startServer(env: Record<string, string> = {}): Promise<Server> {
  const data = mkdtempSync(join(tmpdir(), 'kraftlab-server-'))
  const port = await freePort()
  const child = spawn(process.execPath, [join(process.cwd(), 'dist/supervisor.mjs')], {
    env: { ...process.env, PORT: String(port), KRAFTLAB_DATA: data, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stop = async () => {
    await stopped(child)
    rmSync(data, { recursive: true, force: true })
  }
  try {
    await ready(child)
  } catch (error) {
    await stop()
    throw error
  }
  return { url: `http://localhost:${port}`, data, stop }
}

function ready(child: ChildProcess): Promise<void> {
  let said = ''
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      clearTimeout(limit)
      reject(new Error(`${why}; it said:\n${said}`))
    }
    const limit = setTimeout(() => fail(`the server was not ready within ${START_LIMIT_MS / 1_000} s`), START_LIMIT_MS)
    child.once('exit', (status) => fail(`the server ended with status ${status}`))
    child.stderr?.on('data', (chunk) => {
      said += chunk
    })
    child.stdout?.on('data', (chunk) => {
      said += chunk
      if (!/^ready http/m.test(said)) return
      clearTimeout(limit)
      resolve()
    })
  })
}

function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
    child.once('exit', () => {
      clearTimeout(limit)
      resolve()
    })
    child.kill('SIGINT')
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
