/**
 * `labs run`: one command in a fresh room of a lab, as the learner's login shell would run it. Talks to the room
 * directly: no server, no browser, the same limits, isolation and environment.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { readInstallation } from '#config/installation.ts'
import { labFiles, loadCatalog } from '#labs/engine/catalog.ts'
import { type Room, roomsRunDirectory, startRoom } from '#labs/sandbox/room.ts'

const PROCESS = 'run'
/** What a shell says when it could not run a thing at all. */
const STATUS_CANNOT_RUN = 126
const SIGNAL_PATIENCE_MS = 5_000

/** @returns the exit status of the command, 128+n for a signal */
export async function runInRoom(root: string, slug: string, host: string | null, argv: string[]): Promise<number> {
  const installation = readInstallation(root)
  const { labs, problems } = await loadCatalog(root)
  const lab = labs.get(slug)
  if (!lab) {
    const problem = problems.find((one) => one.slug === slug)
    throw new Error(problem ? `${problem.path}: ${problem.field}: ${problem.reason}` : `there is no lab ${slug}`)
  }
  const on = host ?? lab.hosts[0]!.name
  if (!lab.hosts.some(({ name }) => name === on))
    throw new Error(`lab ${slug} has no host ${on}: there is ${lab.hosts.map(({ name }) => name).join(', ')}`)
  const data = await mkdtemp(join(tmpdir(), 'kraftlab-'))
  const runDir = roomsRunDirectory(data)
  try {
    const plan = { id: `run-${process.pid}`, hosts: lab.hosts, files: await labFiles(root, lab), welcome: '' }
    const room = await startRoom(plan, { installation, runDir })
    try {
      return await runIn(room, on, argv)
    } finally {
      await room.end()
    }
  } finally {
    await rm(runDir, { recursive: true, force: true })
    await rm(data, { recursive: true, force: true })
  }
}

async function runIn(room: Room, host: string, argv: string[]): Promise<number> {
  const tty = process.stdin.isTTY ? { cols: process.stdout.columns || 80, rows: process.stdout.rows || 24 } : null
  try {
    return await new Promise<number>((resolve, reject) => {
      room.on('gone', (why) => reject(new Error(`the room ended: ${why}`)))
      room.on('message', (message) => {
        if (message.type === 'process.output' && message.process === PROCESS)
          process[message.stream].write(Buffer.from(message.data, 'base64'))
        if (message.type === 'process.exit' && message.process === PROCESS) resolve(message.status)
      })
      room.call({ type: 'process.start', process: PROCESS, host, argv, tty }).catch((error) => {
        process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
        resolve(STATUS_CANNOT_RUN)
      })
      passInput((data, end) => room.send({ type: 'process.input', process: PROCESS, data, end }))
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
        process.on(signal, () => {
          room.send({ type: 'process.signal', process: PROCESS, signal })
          // A second one, or a command that ignores it, must not keep the room.
          setTimeout(() => resolve(128 + constants.signals[signal]), SIGNAL_PATIENCE_MS).unref()
        })
      }
    })
  } finally {
    if (tty) process.stdin.setRawMode(false)
  }
}

function passInput(send: (data: string, end: boolean) => void): void {
  if (process.stdin.isTTY) process.stdin.setRawMode(true)
  process.stdin.on('data', (chunk: Buffer) => send(chunk.toString('base64'), false))
  process.stdin.on('end', () => send('', true))
}
