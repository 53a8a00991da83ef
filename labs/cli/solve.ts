/** A lab's solution, typed by a visitor as a learner would. */
import { loadCatalog } from '#labs/engine/catalog.ts'
import { type Lab, questionId, type Step } from '#labs/engine/define.ts'
import { replay, type Solution } from '#labs/engine/solution.ts'
import type { Visitor } from './visitor.ts'

/** From the last key of a step to its last pass. A JVM start-up may lie between. */
const PASS_LIMIT_MS = 60_000

export type Solved = { id: string; passed: boolean; evidence: unknown; afterMs: number | null }

/**
 * @param variant left out: the first of a lab that has some
 * @throws Error that says what is the matter with it
 */
export async function findLab(root: string, slug: string, variant: string | null = null): Promise<Lab> {
  const { labs, problems } = await loadCatalog(root)
  const lab = labs.get(slug)
  if (!lab) {
    const problem = problems.find((one) => one.slug === slug)
    throw new Error(problem ? `${problem.path}: ${problem.field}: ${problem.reason}` : `there is no lab ${slug}`)
  }
  const found = variant === null ? lab : lab.variants[variant]
  if (found) return found
  const names = Object.keys(lab.variants).join(', ')
  throw new Error(`lab ${slug} has no variant ${variant}: ${names ? `there is ${names}` : 'it has none'}`)
}

/** @returns the step's checks, its question last */
export async function solveStep(visitor: Visitor, lab: Lab, step: Step, solution: Solution): Promise<Solved[]> {
  await replay(solution[step.id] ?? [], visitor, lab.hosts[0]!.name)
  await visitor.until(
    (state) => state.steps.find(({ id }) => id === step.id)?.status === 'passed',
    `step ${step.id} of ${lab.slug} to pass`,
    PASS_LIMIT_MS,
  )
  const { checks, ask } = visitor.see().steps.find(({ id }) => id === step.id)!
  const all = [...checks, ...(ask ? [{ ...ask, id: questionId(step.id) }] : [])]
  return all.map(({ id, says, passedAt }) => ({
    id,
    passed: passedAt !== null,
    evidence: { says },
    // Passed before the step's last key where it did not need that key.
    afterMs: passedAt === null ? null : Math.max(0, passedAt - visitor.lastKeyAt),
  }))
}
