/**
 * `labs verify`: is this lab sound? In a fresh room every check must be false; the solution, typed into real terminals,
 * must make every check true; and each near miss of wrong.ts must leave its check false.
 */
import { loadCatalog, loadSolution, loadWrong } from '#labs/engine/catalog.ts'
import { type Lab, questionId, type Step } from '#labs/engine/define.ts'
import { replay, type Solution, type Wrong } from '#labs/engine/solution.ts'
import { startServer } from './server.ts'
import { findLab, type Solved, solveStep } from './solve.ts'
import { allUp, Visitor } from './visitor.ts'

/** Longer than any lab may declare. */
const START_LIMIT_MS = 150_000
/** A near miss stays false for this long after its last key: several times what a real pass takes. */
const SETTLE_MS = 5_000
/** With --all or --sample, of each lab's near misses; the soak run takes all. Each solves the steps before it anew. */
const SAMPLED_WRONGS = 1

export type Verification = {
  slug: string
  variant: string | null
  passed: boolean
  before: { id: string; passed: boolean }[]
  after: Solved[]
  wrong: { id: string; passed: boolean }[]
  /** from the request for the lab's room until it is prepared and its running nodes work, ms; null: it never was */
  startMs: number | null
  ms: number
  problem?: string
}

/** `variant`: this one of a lab's alone; null: all */
type Options = { jobs: number; variant: string | null; sample: boolean; log: (line: string) => void }
type Wanted = { slug: string; variant: string | null }

/** @returns one for each lab, or for each variant of a lab that has some */
export async function verify(root: string, slugs: string[], options: Options): Promise<Verification[]> {
  const { labs } = await loadCatalog(root)
  const wanted = slugs.flatMap((slug): Wanted[] => {
    const variants = Object.keys(labs.get(slug)?.variants ?? {})
    if (options.variant !== null || variants.length === 0) return [{ slug, variant: options.variant }]
    return variants.map((variant) => ({ slug, variant }))
  })
  const results: Verification[] = []
  const waiting = wanted.map((one, at) => ({ one, at }))
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      results[next.at] = await verifyLab(root, next, options)
    }
  }
  await Promise.all(Array.from({ length: options.jobs }, work))
  return results
}

async function verifyLab(root: string, wanted: { one: Wanted; at: number }, options: Options): Promise<Verification> {
  const { slug, variant } = wanted.one
  const { sample } = options
  const log = (line: string) => options.log(variant === null ? line : `${variant}: ${line}`)
  const started = Date.now()
  const result: Verification = { slug, variant, passed: false, before: [], after: [], wrong: [], startMs: null, ms: 0 }
  try {
    const lab = await findLab(root, slug, variant)
    const [solution, wrong] = await Promise.all([loadSolution(root, lab), loadWrong(root, lab)])
    const server = await startServer(root, { KRAFTLAB_VERIFY: '1' })
    try {
      await solve(server.url, lab, solution, result, log)
      const all = lab.steps.flatMap((step) => [
        ...step.checks.map(({ id }) => ({ step, id })),
        ...(step.ask ? [{ step, id: questionId(step.id) }] : []),
      ])
      for (const { step, id } of sample ? sampled(all, wanted.at) : all) {
        result.wrong.push({ id, passed: await nearMiss(server.url, lab, solution, wrong, step, id, log) })
      }
    } catch (error) {
      log(`${slug}: the server's log ends:\n${server.tail()}`)
      throw error
    } finally {
      await server.stop()
    }
    result.passed =
      result.before.every((check) => !check.passed) &&
      result.after.every((check) => check.passed) &&
      result.wrong.every((check) => !check.passed)
  } catch (error) {
    result.problem = error instanceof Error ? error.message : String(error)
    log(`${slug}: ${result.problem}`)
  }
  result.ms = Date.now() - started
  log(`${slug}: ${result.passed ? 'passed' : 'FAILED'} in ${(result.ms / 1000).toFixed(1)} s`)
  return result
}

async function solve(url: string, lab: Lab, solution: Solution, result: Verification, log: Options['log']) {
  const asked = Date.now()
  const visitor = await Visitor.start(url, lab.slug, { variant: lab.variant })
  try {
    await visitor.until((see) => allUp(lab, see), 'the nodes that run from the start', START_LIMIT_MS)
    result.startMs = Date.now() - asked
    log(`${lab.slug}: ready after ${result.startMs} ms`)
    if (result.startMs > lab.startSeconds * 1_000)
      throw new Error(`ready after ${result.startMs} ms; its startSeconds are ${lab.startSeconds}`)
    result.before = (await visitor.assess()).map(({ id, passed }) => ({ id, passed }))
    for (const { id, passed } of result.before) if (passed) log(`${lab.slug}: ${id} passes in a fresh room`)
    for (const step of lab.steps) {
      const solved = await solveStep(visitor, lab, step, solution)
      result.after.push(...solved)
      for (const { id, afterMs, evidence } of solved)
        log(`${lab.slug}: ${id} after ${afterMs} ms: ${(evidence as { says?: string })?.says}`)
    }
  } finally {
    await visitor.end()
  }
}

/** @returns whether the check passed, which it must not */
async function nearMiss(
  url: string,
  lab: Lab,
  solution: Solution,
  wrong: Wrong,
  step: Step,
  check: string,
  log: Options['log'],
): Promise<boolean> {
  const miss = wrong[check]
  if (!miss) throw new Error(`wrong.ts has no near miss for check ${check}`)
  const visitor = await Visitor.start(url, lab.slug, { variant: lab.variant })
  try {
    for (const before of lab.steps.slice(0, lab.steps.indexOf(step))) await solveStep(visitor, lab, before, solution)
    const predictions = (solution[step.id] ?? []).filter((action) => action.do === 'predict')
    await replay([...predictions, ...miss.do], visitor, lab.hosts[0]!.name)
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
    const judged = (await visitor.assess()).find(({ id }) => id === check)
    if (!judged) throw new Error(`check ${check} was not judged`)
    const { checks, ask } = visitor.see().steps.find(({ id }) => id === step.id)!
    const latched = checks.find(({ id }) => id === check)?.passedAt ?? (check === questionId(step.id) && ask?.passedAt)
    const passed = judged.passed || typeof latched === 'number'
    log(`${lab.slug}: near miss of ${check} (${miss.why}): ${passed ? 'NOT REFUSED' : `refused: ${judged.says}`}`)
    return passed
  } finally {
    await visitor.end()
  }
}

/**
 * Not the same ones each day, and of each variant of a lab another, so that in time all are seen; by date and place in
 * the list, so that a run can be repeated.
 */
function sampled<One>(all: One[], at: number): One[] {
  const day = Math.floor(Date.now() / 86_400_000)
  return all.filter((_, index) => (index + day + at) % Math.max(1, Math.ceil(all.length / SAMPLED_WRONGS)) === 0)
}
