/** The gateway process: lab sessions and all live streams to browsers. Started by the supervisor, behind its front door. */
import { rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readEnvironment } from '#config/environment.ts'
import { readInstallation } from '#config/installation.ts'
import { openDatabaseWorker } from '#data/worker-client.ts'
import { loadCatalog } from '#labs/engine/catalog.ts'
import { roomsRunDirectory } from '#labs/sandbox/room.ts'
import { Accounts } from './account.ts'
import { ClassBoards } from './class-boards.ts'
import { createHealth } from './health.ts'
import { createGatewayServer, listen } from './http.ts'
import { LabSessions } from './lab-sessions.ts'
import { log } from './requests.ts'
import { SignIns } from './sign-in.ts'

/** Ending a room takes a second or two; the supervisor waits a little longer than this. */
const STOP_LIMIT_MS = 20_000

async function main(): Promise<void> {
  const environment = readEnvironment()
  const { root, data, gatewayPort, idleMs, maxRooms, verify } = environment
  if (gatewayPort === null) throw new Error('KRAFTLAB_GATEWAY_PORT is not set: start Kraftlab with "npm start"')
  const installation = readInstallation(root)
  const catalog = await loadCatalog(root)
  for (const { path, field, reason } of catalog.problems) log(`${path}: ${field}: ${reason}`)
  const database = await openDatabaseWorker(join(root, 'dist', 'database.mjs'), { root, data }, (error) => {
    // A new gateway finds the rooms again and has a new worker.
    log(error)
    process.exit(1)
  })
  const runDir = roomsRunDirectory(data)
  const sessions = await LabSessions.open({ root, data, installation, runDir, catalog, database, idleMs, maxRooms })
  const health = await createHealth(installation, database, sessions)
  const accounts = new Accounts(data, database, sessions)
  const signIns = new SignIns((cookie) => database.findOptionalPerson(cookie))
  const boards = new ClassBoards(sessions, database)
  const { server, close } = createGatewayServer({ sessions, boards, accounts, signIns, database, health, verify })

  let stopping = false
  const stop = async () => {
    if (stopping) return
    stopping = true
    setTimeout(() => {
      log(`rooms did not end within ${STOP_LIMIT_MS / 1_000} s`)
      process.exit(1)
    }, STOP_LIMIT_MS).unref()
    await sessions.stop()
    close()
    await database.close()
    // Empty now; one that is not holds what the next start sweeps.
    await rmdir(runDir).catch(log)
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop())
  // The supervisor is gone without a word: the rooms wait a minute for the next one's gateway.
  process.on('disconnect', () => process.exit(0))

  await listen(server, gatewayPort)
  process.send?.({ type: 'ready' })
  const path = verify ? null : await database.findOptionalFirstAdministratorPath()
  if (path) process.stderr.write(`make the first administrator (once): http://localhost:${environment.port}${path}\n`)
}

main().catch((error: unknown) => {
  process.stderr.write(`gateway: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})
