/** A small stage runner. Only Node built-ins here: it runs before `npm ci`. */
import { spawn } from 'node:child_process'
import { createWriteStream, existsSync, mkdirSync, statfsSync } from 'node:fs'
import { join } from 'node:path'

/** A failure that a person can act on: its message is the one line that is shown. */
export class SetupError extends Error {}

/** Another set-up of this clone may be at `npm ci` and `next build`: long, but not for ever. */
const LOCK_WAIT_SECONDS = 20 * 60

/**
 * @typedef {{
 *   name: string,
 *   done: (context: any) => boolean | Promise<boolean>,
 *   make: (context: any) => unknown,
 *   bytes?: number,
 * }} Stage  `bytes`: of disk that it needs free, where that is much
 *
 * Runs what is not done yet. `done` is fast and has no effect; nothing is locked until a stage has work.
 * @param {(Stage | Stage[][])[]} stages  in the place of a stage, lanes: lists of stages that need nothing of each other
 * @param {{ root: string, cache?: string }} context
 */
export async function runStages(stages, context) {
  let held = null
  const hold = () => {
    held ??= lock(join(context.root, 'dist'))
    return held
  }
  try {
    for (const stage of stages) {
      // All lanes come to their end, so that none is left running behind an error.
      const lanes = await Promise.allSettled(
        (Array.isArray(stage) ? stage : [[stage]]).map((lane) => runLane(lane, context, hold)),
      )
      const failed = lanes.find(({ status }) => status === 'rejected')
      if (failed) throw failed.reason
    }
  } finally {
    const release = await held?.catch(() => null)
    release?.()
  }
}

async function runLane(stages, context, hold) {
  for (const stage of stages) {
    if (await stage.done(context)) continue
    await hold()
    // another set-up may have made it while we waited
    if (await stage.done(context)) continue
    checkSpace(stage, context)
    const started = Date.now()
    process.stderr.write(`  ${stage.name} ...\n`)
    await stage.make(context)
    process.stderr.write(`  ${stage.name}: done in ${((Date.now() - started) / 1000).toFixed(1)} s\n`)
  }
}

/** Enough for a stage that writes little. */
const SOME_BYTES = 50 * 1024 ** 2

function checkSpace({ name, bytes = SOME_BYTES }, { root, cache = root }) {
  for (const place of [root, cache]) {
    const { bavail, bsize } = statfsSync(existsSync(place) ? place : root)
    if (bavail * bsize >= bytes) continue
    const [free, needed] = [bavail * bsize, bytes].map((size) => `${(size / 1024 ** 3).toFixed(1)} GB`)
    throw new SetupError(`no space for ${name}: ${place} has ${free} free and needs ${needed}`)
  }
}

/** Held by a `flock` child, which the kernel ends with us: no stale lock can stay behind. */
async function lock(folder) {
  mkdirSync(folder, { recursive: true })
  const script = 'echo held; exec cat >/dev/null'
  const holder = spawn('flock', ['-w', String(LOCK_WAIT_SECONDS), join(folder, 'setup.lock'), 'sh', '-c', script], {
    stdio: ['pipe', 'pipe', 'ignore'],
    // Ctrl-C is for us; the holder ends when its stdin closes
    detached: true,
  })
  const note = setTimeout(() => process.stderr.write('  waiting for another set-up of this clone ...\n'), 1_000)
  const held = await new Promise((resolve, reject) => {
    holder.once('error', reject)
    holder.once('exit', () => resolve(false))
    holder.stdout.once('data', () => resolve(true))
  }).finally(() => clearTimeout(note))
  if (!held) throw new SetupError(`another set-up of this clone has been running for ${LOCK_WAIT_SECONDS / 60} minutes`)
  holder.unref()
  holder.stdin.unref()
  holder.stdout.destroy()
  return () => holder.stdin.end()
}

/**
 * Runs a command with its output in dist/logs/, so that the terminal shows one line a stage.
 * @param {{ root: string }} context
 * @param {string} log name of the log file
 * @param {string[]} argv
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, fails?: string, timeoutMs?: number }} [options] `fails`: the line to show
 * @throws SetupError
 */
export async function run(context, log, argv, { env = process.env, cwd = context.root, fails, timeoutMs } = {}) {
  const path = join(context.root, 'dist', 'logs', `${log}.log`)
  mkdirSync(join(context.root, 'dist', 'logs'), { recursive: true })
  const output = createWriteStream(path)
  const child = spawn(argv[0], argv.slice(1), { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs })
  let tail = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output.write(chunk)
      tail = (tail + chunk).slice(-2_000)
    })
  }
  const problem = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (status, signal) => resolve(status === 0 ? null : `ended with ${signal ?? status}`))
  })
  await new Promise((resolve) => output.end(resolve))
  if (problem === null) return tail
  throw Object.assign(new SetupError(`${fails ?? `${argv[0]} ${problem}`} (see ${path})`), { tail })
}
