/** A Kraftlab of one's own for a command: own data folder, a free port, gone afterwards. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endProcess, freePort } from '#supervisor/process.ts'

const START_LIMIT_MS = 90_000
const STOP_LIMIT_MS = 30_000
const LOG_TAIL_CHARS = 4_000

export type Server = {
  url: string
  data: string
  pid: number
  /** the end of what it said until it was ready */
  log: string
  /** the end of what it has said until now */
  tail(): string
  stop(): Promise<void>
}

/**
 * @param given `data`: a folder that is there and stays; left out, one that goes with the server
 * @throws Error with the end of its log if it is not ready in time
 */
export async function startServer(
  root: string,
  environment: Record<string, string> = {},
  given: { data?: string } = {},
): Promise<Server> {
  const data = given.data ?? (await mkdtemp(join(tmpdir(), 'kraftlab-')))
  const port = environment.PORT ? Number(environment.PORT) : await freePort()
  // Whatever ends this process, SIGKILL too, ends the server as Ctrl-C would.
  const argv = ['--pdeathsig', 'INT', '--', process.execPath, join(root, 'dist', 'supervisor.mjs')]
  const child = spawn('setpriv', argv, {
    cwd: root,
    env: { ...process.env, ...environment, PORT: String(port), HOST: '127.0.0.1', KRAFTLAB_DATA: data },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stop = async () => {
    await endProcess(child, STOP_LIMIT_MS)
    if (!given.data) await rm(data, { recursive: true, force: true })
  }
  let tail = ''
  const read = (chunk: Buffer) => {
    tail = (tail + chunk.toString()).slice(-LOG_TAIL_CHARS)
  }
  child.stdout.on('data', read)
  child.stderr.on('data', read)
  try {
    await ready(child, () => tail)
  } catch (error) {
    await stop()
    throw error
  }
  return { url: `http://localhost:${port}`, data, pid: child.pid ?? 0, log: tail, tail: () => tail, stop }
}

/** @param tail the end of what it has said until now */
function ready(child: ChildProcess, tail: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(
      () => reject(new Error(`not ready after ${START_LIMIT_MS / 1000} s; its log ends:\n${tail()}`)),
      START_LIMIT_MS,
    )
    const read = () => {
      if (!/^ready http/m.test(tail())) return
      clearTimeout(limit)
      child.stdout?.off('data', read)
      resolve()
    }
    child.stdout?.on('data', read)
    child.once('exit', (code) => {
      clearTimeout(limit)
      reject(new Error(`the server ended with ${code} before it was ready:\n${tail()}`))
    })
  })
}
