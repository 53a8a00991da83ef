import { type ChildProcess, spawn } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync, symlinkSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { freePort } from '#supervisor/process.ts'
import { sharedFolder } from '../support/folder.ts'

/** Longer than the tiny site keeps a connection on which nothing is asked. */
const BUSY_MS = 3_500

const folder = sharedFolder()
afterAll(folder.remove)

const running = new Set<ChildProcess>()
afterEach(async () => {
  for (const child of running) {
    child.kill('SIGKILL')
    await ended(child)
  }
})

/** A root of its own, whose gateway and site are the tiny ones; supervisor and migrations are the real ones. */
function makeRoot(name: string) {
  const root = folder.make(name)
  const dist = folder.make(`${name}/dist`)
  for (const part of ['gateway', 'site']) copyFileSync(`test/fixtures/parts/${part}.mjs`, join(dist, `${part}.mjs`))
  symlinkSync(join(process.cwd(), 'scripts'), join(root, 'scripts'))
  return root
}

async function start(root: string, env: Record<string, string> = {}) {
  const port = env.PORT ?? String(await freePort())
  const child = spawn(process.execPath, [join(process.cwd(), 'dist/supervisor.mjs')], {
    env: { ...process.env, PORT: port, KRAFTLAB_ROOT: root, KRAFTLAB_DATA: '.data', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => (said.stdout += chunk))
  child.stderr.on('data', (chunk) => (said.stderr += chunk))
  return { child, said, port: Number(port), url: `http://localhost:${port}` }
}

const ended = (child: ChildProcess): Promise<number | string | null> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve(child.exitCode ?? child.signalCode)
    : new Promise((resolve) => child.once('exit', (status, signal) => resolve(status ?? signal)))

async function until<T>(what: string, look: () => T | Promise<T>, limitMs = 20_000): Promise<NonNullable<T>> {
  const end = Date.now() + limitMs
  let last: unknown
  while (Date.now() < end) {
    try {
      const seen = await look()
      if (seen) return seen
      last = seen
    } catch (error) {
      last = error
    }
    await pause(50)
  }
  throw new Error(`waited ${limitMs} ms for ${what}; last: ${last}`)
}

const ready = ({ said }: { said: { stdout: string; stderr: string } }) =>
  until(`ready (stderr: ${said.stderr})`, () => said.stdout.includes('ready'))

/** Processes of this root, by its path in their environment. */
async function processesOf(root: string): Promise<string[]> {
  const { readdirSync } = await import('node:fs')
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`KRAFTLAB_ROOT=${root}\0`)
    } catch (error) {
      if (['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return false
      throw error
    }
  })
}

const pidOf = async (root: string, program: string): Promise<string | undefined> =>
  (await processesOf(root)).find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(program))

function upgrade(port: number, path: string) {
  const socket = connect(port, '127.0.0.1')
  const seen = { text: '', closed: false }
  socket.on('data', (chunk) => (seen.text += chunk))
  socket.on('close', () => (seen.closed = true))
  socket.on('error', () => {})
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: class.example:8080\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  )
  return { socket, seen }
}

describe('the front door', () => {
  it('sends each address to its part, keeps the Host header and passes WebSockets', async () => {
    const root = makeRoot('door')
    const it = await start(root)
    await ready(it)
    expect(it.said.stdout).toBe(`ready ${it.url}\n`)
    expect(await (await fetch(`${it.url}/courses?a=1`)).text()).toMatch(/^page \/courses\?a=1 of/)
    const answer = await (await fetch(`${it.url}/gateway/x`)).json()
    expect(answer.host).toBe(`localhost:${it.port}`)
    const health = await fetch(`${it.url}/api/health`)
    expect(health.status).toBe(200)
    expect(await health.json()).toMatchObject({
      status: 'ok',
      site: 'ok',
      gateway: 'ok',
      database: 'ok',
      rooms: { max: 4 },
    })
    const { socket, seen } = upgrade(it.port, '/gateway/lab-sessions/1/live')
    await until('the upgrade', () => seen.text.includes('hello class.example:8080'))
    socket.write('ping')
    await until('the echo', () => seen.text.endsWith('ping'))
    socket.destroy()
    const elsewhere = upgrade(it.port, '/other')
    await until('a refusal', () => elsewhere.seen.text.startsWith('HTTP/1.1 404') && elsewhere.seen.closed)
  })

  it('a part that ends is started again, and says so meanwhile', async () => {
    const root = makeRoot('restart')
    const it = await start(root)
    await ready(it)
    const { socket, seen } = upgrade(it.port, '/gateway/live')
    await until('the upgrade', () => seen.text.includes('hello'))
    const crash = await fetch(`${it.url}/crash`, { headers: { accept: 'text/html' } })
    expect(crash.status).toBe(502)
    const page = await crash.text()
    expect(page).toContain('Kraftlab is starting')
    // the terminal's stream did not notice
    socket.write('still here')
    await until('the echo', () => seen.text.endsWith('still here'))
    await until('the site', async () => (await fetch(`${it.url}/`)).ok)
    await fetch(`${it.url}/gateway/crash`)
    await until('the stream’s end', () => seen.closed)
    await until('the gateway', async () => (await fetch(`${it.url}/gateway/x`)).ok)
    expect(it.said.stderr).toMatch(/the site ended \(status 3\) and is started again/)
    expect(it.said.stderr).toMatch(/the gateway ended \(status 3\) and is started again/)
  })

  it('a part that was busy while a connection fell idle loses no request', async () => {
    const root = makeRoot('busy')
    const it = await start(root)
    await ready(it)
    const site = Number(await pidOf(root, 'dist/site.mjs'))
    expect(await (await fetch(`${it.url}/first`)).text()).toMatch(/^page/)
    process.kill(site, 'SIGSTOP')
    const second = fetch(`${it.url}/second`)
    await pause(BUSY_MS)
    process.kill(site, 'SIGCONT')
    expect((await second).status).toBe(200)
  })

  it('names the part that does not answer', async () => {
    const root = makeRoot('health')
    const it = await start(root)
    await ready(it)
    const stopped = await pidOf(root, 'dist/site.mjs')
    process.kill(Number(stopped), 'SIGSTOP')
    const health = await fetch(`${it.url}/api/health`)
    expect(health.status).toBe(503)
    expect(await health.json()).toMatchObject({ status: 'unavailable', part: 'site' })
    process.kill(Number(stopped), 'SIGCONT')
    await until('health', async () => (await fetch(`${it.url}/api/health`)).ok)
  })
})

describe('ending', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('%s leaves no process behind', async (signal) => {
    const root = makeRoot(signal)
    const it = await start(root)
    await ready(it)
    expect((await processesOf(root)).length).toBeGreaterThan(2)
    it.child.kill(signal)
    expect(await ended(it.child)).toBe(0)
    await until('no process', async () => (await processesOf(root)).length === 0, 2_000)
  })

  it('a supervisor killed -9 takes its children along, and the next start works', async () => {
    const root = makeRoot('killed')
    const first = await start(root)
    await ready(first)
    first.child.kill('SIGKILL')
    await ended(first.child)
    const second = await start(root)
    await ready(second)
    second.child.kill('SIGTERM')
    await ended(second.child)
    await until('no process', async () => (await processesOf(root)).length === 0, 2_000)
  })

  it('a second Ctrl-C does not wait', async () => {
    const root = makeRoot('impatient')
    const it = await start(root, { MISBEHAVE: 'cannot be asked to end' })
    await ready(it)
    // this one dies of SIGTERM as any process does; stopped, it cannot
    const gateway = await pidOf(root, 'gateway')
    process.kill(Number(gateway), 'SIGSTOP')
    it.child.kill('SIGINT')
    await pause(300)
    it.child.kill('SIGINT')
    await ended(it.child)
    await until('no process', async () => (await processesOf(root)).length === 0, 2_000)
  })
})

describe('a start that cannot be', () => {
  it('a gateway that ends at once: one line, status 1, nothing left', async () => {
    const root = makeRoot('hopeless')
    const it = await start(root, { MISBEHAVE: 'crash' })
    expect(await ended(it.child)).toBe(1)
    expect(it.said.stderr.trim().split('\n').at(-1)).toBe(
      'kraftlab: the gateway ended 3 times before it was ready (status 7)',
    )
    await until('no process', async () => (await processesOf(root)).length === 0, 2_000)
  })

  it('the same data folder twice: one line', async () => {
    const root = makeRoot('twice')
    const first = await start(root)
    await ready(first)
    const second = await start(root)
    expect(await ended(second.child)).toBe(1)
    expect(second.said.stderr).toMatch(
      /^kraftlab: another Kraftlab is running with .*\.data: stop it, or set KRAFTLAB_DATA/,
    )
    expect((await fetch(`${first.url}/api/health`)).status).toBe(200)
  })

  it('a port in use: one line, and no data folder', async () => {
    const root = makeRoot('port')
    const server = createServer().listen(0, '127.0.0.1')
    await until('the port', () => server.listening)
    const address = server.address()
    const it = await start(root, { PORT: String(typeof address === 'object' && address?.port) })
    expect(await ended(it.child)).toBe(1)
    server.close()
    expect(it.said.stderr).toMatch(/^kraftlab: port \d+ is in use: stop what uses it, or set PORT to another\n$/)
    expect(existsSync(join(root, '.data'))).toBe(false)
  })
})
