/** Which variant of a lab a learner is given: docs/decisions/018. Pure: the same for the same seed. */
import { createHash } from 'node:crypto'
import type { Lab } from './define.ts'

/**
 * Each learner has an order of their own, and goes through it: the same variant until it is finished, then the next.
 * @param of.learner what the draw depends on, besides the lab
 * @param of.finished how many lab sessions of this lab they have finished
 */
export function drawVariant(lab: Lab, of: { learner: string; finished: number }): Lab {
  const all = Object.values(lab.variants)
  if (all.length === 0) return lab
  const drawn = (one: Lab) => createHash('sha256').update(`${of.learner} ${one.slug} ${one.variant}`).digest('hex')
  const order = all.map((one) => ({ one, at: drawn(one) })).sort((a, b) => (a.at < b.at ? -1 : 1))
  return order[of.finished % order.length]!.one
}
