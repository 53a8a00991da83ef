/**
 * A trial: a fresh room of the lab in which the learner's directory takes the place of the lab's own, the program run once
 * there as the learner, and what the watcher of that room then sees (docs/decisions/020). Nobody else gets into that room.
 */
import { randomBytes } from 'node:crypto'
import { stripVTControlCharacters } from 'node:util'
import type { Installation } from '#config/installation.ts'
import type { Lab, Trial } from '#labs/engine/define.ts'
import type { Fold } from '#labs/engine/fold.ts'
import { planRoom } from '#labs/engine/room-plan.ts'
import { evidenceOf, type Look, lookedAt, looksOf, randomFrom } from '#labs/engine/trials.ts'
import type { NeedResult } from '#labs/protocol/observation.ts'
import type { RoomPlan } from '#labs/protocol/room.ts'
import { TRIAL_CAPS, type TrialOutput, type TrialPhase, type TrialResult } from '#labs/protocol/trial.ts'
import { prepareRoom } from '#labs/sandbox/prepare.ts'
import { type Room, startRoom } from '#labs/sandbox/room.ts'
import { runToEnd } from '#labs/sandbox/run-to-end.ts'
import { SeenRoom } from './seen-room.ts'

/** All of it, the room's start and end included. */
const WHOLE_LIMIT_MS = 150_000
/** The learner's program, where the lab says nothing else: a few JVMs on a busy machine. */
const PROGRAM_LIMIT_MS = 45_000
/** A gateway that is gone asks for no result: its room ends soon, and is swept with the next start. */
const GRACE_MS = 5_000
const MAX_SHOWN_CHARS = 6_000
/** From the program's end: what it had acknowledged is seen at once, what it left to others to do may take a moment. */
const LOOK_LIMIT_MS = 8_000
const QUIET_MS = 1_500
const PROGRAM = 'trial'
/** by SIGKILL */
const KILLED = 137
const AGAIN = '[killed here, and started again]'

type Made = ReturnType<Trial['make']>

export type TrialOutcome = { result: TrialResult; shown: TrialOutput | null }
export type TrialRun = {
  lab: Lab
  trial: Trial
  /** the files of the learner's room */
  read: Room['readDirectory']
  doing: (phase: TrialPhase) => void
  /** the learner's room has ended: nobody waits for the result */
  signal: AbortSignal
}
type Machine = {
  root: string
  installation: Installation
  runDir: string
  /** a turn among the rooms that start */
  inSlot: <Result>(work: () => Promise<Result>) => Promise<Result>
}

/**
 * Nothing is left of the room when it settles.
 * @returns `failed` where it could not be made, with why
 * @throws the signal's reason where it was aborted
 */
export async function runTrial(run: TrialRun, machine: Machine): Promise<TrialOutcome> {
  const limit = AbortSignal.timeout(WHOLE_LIMIT_MS)
  try {
    return await inRoom({ ...run, signal: AbortSignal.any([run.signal, limit]) }, machine)
  } catch (error) {
    run.signal.throwIfAborted()
    const why = limit.aborted ? `it took more than ${WHOLE_LIMIT_MS / 1_000} s` : (error as Error).message
    return { result: { state: 'failed', why }, shown: null }
  }
}

async function inRoom(run: TrialRun, { root, installation, runDir, inSlot }: Machine): Promise<TrialOutcome> {
  const { lab, trial, signal } = run
  run.doing('copying')
  const { files: maxFiles, bytes: maxBytes } = TRIAL_CAPS
  const files = await run.read({ host: trial.host, path: trial.directory, maxFiles, maxBytes })
  signal.throwIfAborted()
  run.doing('starting')
  const made = trial.make(randomFrom())
  const plan = withDirectory(await planRoom(root, lab, `try-${randomBytes(8).toString('hex')}`), trial, files)
  const room = await inSlot(() => startRoom(plan, { installation, runDir, graceMs: GRACE_MS }))
  try {
    const seen = new SeenRoom(room, lab)
    const missing = await seen.nodesReady(undefined, signal)
    if (missing.length > 0) throw new Error(`the cluster did not come up: ${missing.join(', ')}`)
    await unlessAborted(prepareRoom(room, [...lab.prepare, ...(trial.prepare?.(made) ?? [])]), signal)
    run.doing('running')
    const inside = { room, seen, trial, made, looks: looksOf(trial, made), signal }
    const { killed, ...ran } = await unlessAborted(runProgram(inside), signal)
    run.doing('looking')
    return { result: await lookAt(inside, killed), shown: { ...ran, files: files.size } }
  } finally {
    await room.end()
  }
}

/** The learner's files in place of the lab's in that directory, laid as those are: before anything runs. */
export function withDirectory(plan: RoomPlan, { host, directory }: Trial, files: Map<string, Buffer>): RoomPlan {
  const isReplaced = (file: RoomPlan['files'][number]) => file.host === host && file.path.startsWith(`${directory}/`)
  const copied = [...files].map(([path, bytes]) => ({
    host,
    path: `${directory}/${path}`,
    text: bytes.toString('base64'),
    encoding: 'base64' as const,
  }))
  return { ...plan, files: [...plan.files.filter((file) => !isReplaced(file)), ...copied] }
}

type Inside = { room: Room; seen: SeenRoom; trial: Trial; made: Made; looks: Look[]; signal: AbortSignal }
type Ran = Omit<TrialOutput, 'files'> & { killed: boolean }

/** Once; where the trial says when it is to be killed and it comes to that, a second time. */
async function runProgram(inside: Inside): Promise<Ran> {
  const { room, seen, trial, looks, signal } = inside
  const { killedWhen, limitMs = PROGRAM_LIMIT_MS } = trial
  if (!killedWhen) return { ...(await runOnce(inside)), killed: false }
  const [kill, over] = [new AbortController(), new AbortController()]
  room.send({ type: 'needs', needs: looks.map(({ need }) => need) })
  const reached = ({ facts }: Fold) => killedWhen(lookedAt(looks, found(looks, facts)) as never)
  seen.until(reached, limitMs, AbortSignal.any([signal, over.signal])).then(
    (holds) => holds && kill.abort(),
    () => {}, // it has ended before, or nobody waits for it
  )
  const first = await runOnce(inside, kill.signal)
  over.abort()
  if (!kill.signal.aborted || first.status !== KILLED) return { ...first, killed: false }
  const second = await runOnce(inside)
  return { ...second, text: `${first.text}\n${AGAIN}\n${second.text}`, killed: true }
}

/** @returns how it ended, and the end of what it said, without what would move a terminal's cursor */
async function runOnce({ room, trial, made }: Inside, kill?: AbortSignal): Promise<Omit<Ran, 'killed'>> {
  const { host, directory, command, limitMs = PROGRAM_LIMIT_MS } = trial
  const variables = Object.entries(made.given).map(([name, value]) => `${name}=${value}`)
  const argv = ['/usr/bin/env', ...variables, '/bin/bash', '-c', `cd "$1" && ${command}`, 'trial', directory]
  const { status, said } = await runToEnd(room, {
    process: PROGRAM,
    host,
    argv,
    limitMs,
    maxChars: MAX_SHOWN_CHARS,
    ...(kill ? { signal: kill } : {}),
  })
  return { status, text: stripVTControlCharacters(said).replaceAll('\0', '') }
}

/** Needs are fetched at once when they are new, so that what they tell is from after the program's end. */
async function lookAt({ room, seen, made, looks, signal }: Inside, killed: boolean): Promise<TrialResult> {
  room.send({ type: 'needs', needs: [] })
  room.send({ type: 'needs', needs: looks.map(({ need }) => need) })
  const until = performance.now() + LOOK_LIMIT_MS
  const left = () => Math.max(0, until - performance.now())
  await seen.until(({ facts }) => looks.every(({ need }) => facts[need.name] !== undefined), left(), signal)
  // Then it is looked at until nothing new comes.
  for (let before = told(seen.fold), quiet = false; !quiet && left() > 0; before = told(seen.fold))
    quiet = !(await seen.until((fold) => told(fold) !== before, Math.min(QUIET_MS, left()), signal))
  const { clusters, facts } = seen.fold
  const [cluster] = Object.values(clusters)
  if (!cluster) throw new Error('the lab has no cluster')
  return { state: 'fetched', value: evidenceOf(cluster, made, found(looks, facts), killed) }
}

/** By the lab's names, as far as it has come. */
function found(looks: Look[], facts: Fold['facts']): Record<string, NeedResult> {
  const all = looks.flatMap(({ name, need }) => {
    const result = facts[need.name]
    return result ? [[name, result] as const] : []
  })
  return Object.fromEntries(all)
}

/** What a trial may be judged by, without offsets of the log and the like, which move by themselves. */
const told = ({ facts, clusters }: Fold): string =>
  JSON.stringify([facts, Object.values(clusters).map(({ topics, configs }) => [topics, configs])])

function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  work.catch(() => {}) // told by the race, or of no more interest
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
