/**
 * `npm start` after set-up: the front door on PORT, and behind it gateway and site, each restarted when it ends.
 * Ctrl-C ends everything. Killed -9, its children end by themselves and rooms wait for the next start.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { type Environment, readEnvironment } from '#config/environment.ts'
import { Child } from './child.ts'
import { createFrontDoor, listen } from './front-door.ts'
import { checkHealth, type Health } from './health.ts'
import { lockFolder } from './lock.ts'

/** Next and the gateway need a few seconds on a busy machine; longer than this and something is wrong. */
const START_LIMIT_MS = 120_000
const POLL_MS = 100

class StartError extends Error {}

async function main() {
  const environment = configured()
  const { root, port, host, data } = environment
  // the port first: where it is taken, nothing else is touched
  const children = {
    gateway: new Child('gateway', join(root, 'dist/gateway.mjs'), 'KRAFTLAB_GATEWAY_PORT', environment),
    site: new Child('site', join(root, 'dist/site.mjs'), 'KRAFTLAB_SITE_PORT', environment),
  }
  const health = () => checkHealth(children)
  const server = createFrontDoor(children, health)
  await listen(server, port, host).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE')
      throw new StartError(`port ${port} is in use: stop what uses it, or set PORT to another`)
    if (error.code === 'EACCES') throw new StartError(`port ${port} may not be used by this user: set PORT above 1023`)
    throw new StartError(`cannot listen on ${host}:${port}: ${error.message}`)
  })
  await migrate(root, data)
  if (!(await lockFolder(data))) {
    throw new StartError(`another Kraftlab is running with ${data}: stop it, or set KRAFTLAB_DATA to another folder`)
  }

  let ending = false
  const end = async (status: number) => {
    if (ending) {
      // asked twice: at once
      for (const child of Object.values(children)) child.kill()
      process.exit(status || 1)
    }
    ending = true
    server.close()
    server.closeAllConnections()
    await Promise.all(Object.values(children).map((child) => child.end()))
    process.exit(status)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(0))

  const failed = new Promise<never>((_, reject) => {
    for (const child of Object.values(children)) child.start((why) => reject(new StartError(why)))
  })
  try {
    await Promise.race([failed, untilHealthy(health)])
  } catch (error) {
    if (!ending) {
      say(error)
      await end(1)
    }
    return
  }
  // somebody who reads our output may go away; we stay
  process.stdout.on('error', () => {})
  process.stdout.write(`ready http://localhost:${port}\n`)
}

function configured(): Environment {
  try {
    return readEnvironment()
  } catch (error) {
    throw new StartError(error instanceof Error ? error.message : String(error))
  }
}

async function untilHealthy(health: () => Promise<Health>) {
  const until = Date.now() + START_LIMIT_MS
  for (;;) {
    const seen = await health()
    if (seen.status === 'ok') return
    if (Date.now() > until) {
      throw new StartError(`not ready after ${START_LIMIT_MS / 1000} s: ${seen.part} does not answer (${seen.message})`)
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

/** By the same script that set-up and tests use; its one line on failure is ours. */
function migrate(root: string, data: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = join(root, 'scripts/migrate.mjs')
    const child = spawn(process.execPath, [script, data], { stdio: ['ignore', 2, 2] })
    child.once('error', reject)
    child.once('exit', (status) => (status === 0 ? resolve() : process.exit(status ?? 1)))
  })
}

const say = (error: unknown) =>
  process.stderr.write(
    `kraftlab: ${error instanceof StartError ? error.message : error instanceof Error ? error.stack : error}\n`,
  )

main().catch((error) => {
  say(error)
  process.exit(1)
})
