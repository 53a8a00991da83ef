/**
 * `labs run`: one command in a fresh room of a lab, as the learner's login shell would run it, once the nodes that the
 * room runs are there. Talks to the room directly: no server, no browser, the same limits, isolation and environment.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { readInstallation } from '#config/installation.ts'
import type { Lab } from '#labs/engine/define.ts'
import { planRoom } from '#labs/engine/room-plan.ts'
import { nodesReady } from '#labs/gateway/seen-room.ts'
import { prepareRoom } from '#labs/sandbox/prepare.ts'
import { type Room, roomsRunDirectory, startRoom } from '#labs/sandbox/room.ts'

const PROCESS = 'run'
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
type Signal = (typeof SIGNALS)[number]
/** What a shell says when it could not run a thing at all. */
const STATUS_CANNOT_RUN = 126
const SIGNAL_PATIENCE_MS = 5_000

/** @returns the exit status of the command, 128+n for a signal */
export async function runInRoom(root: string, lab: Lab, host: string | null, argv: string[]): Promise<number> {
  const installation = readInstallation(root)
  const on = host ?? lab.hosts[0]!.name
  if (!lab.hosts.some(({ name }) => name === on))
    throw new Error(`lab ${lab.slug} has no host ${on}: there is ${lab.hosts.map(({ name }) => name).join(', ')}`)
  const data = await mkdtemp(join(tmpdir(), 'kraftlab-'))
  const runDir = roomsRunDirectory(data)
  try {
    const room = await startRoom(await planRoom(root, lab, `run-${process.pid}`), { installation, runDir })
    try {
      const ended = await waitForNodes(room, lab)
      if (ended !== null) return ended
      await prepareRoom(room, lab.prepare)
      return await runIn(room, on, argv)
    } finally {
      await room.end()
    }
  } finally {
    await rm(runDir, { recursive: true, force: true })
    await rm(data, { recursive: true, force: true })
  }
}

/** @returns the exit status where a signal ends the wait */
async function waitForNodes(room: Room, lab: Lab): Promise<number | null> {
  let stop: (signal: Signal) => void = () => {}
  const stopped = new Promise<number>((resolve) => {
    stop = (signal) => resolve(128 + constants.signals[signal])
  })
  for (const signal of SIGNALS) process.once(signal, stop)
  const ready = nodesReady(room, lab).then((missing) => {
    // A command that needs no cluster runs all the same; the others now have the reason.
    for (const what of missing) process.stderr.write(`${what}\n`)
    return null
  })
  try {
    return await Promise.race([ready, stopped])
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop)
    ready.catch(() => {}) // the room was ended while it waited
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
      for (const signal of SIGNALS) {
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
