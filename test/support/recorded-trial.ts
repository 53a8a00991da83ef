/** Trials of a recorded history, and what a check says of one with something else in it. */
import type { Fact, Lab, Moment, Verdict } from '#labs/engine/define.ts'
import { trialOf, triedFact } from '#labs/engine/trials.ts'
import type { NeedResult } from '#labs/protocol/observation.ts'
import type { TrialEvidence } from '#labs/protocol/trial.ts'
import type { Recorded } from './recorded.ts'

export type Change = (evidence: TrialEvidence) => Partial<TrialEvidence>

export class RecordedTrials {
  private readonly checks

  /** @param moment what a judge sees besides facts */
  constructor(
    private readonly lab: Lab,
    private readonly recorded: Recorded,
    private readonly moment: Partial<Moment> = {},
  ) {
    this.checks = lab.steps.flatMap((step) => step.checks)
  }

  /** Checks that have a trial. */
  get tried(): string[] {
    return this.checks.filter(({ trial }) => trial !== undefined).map(({ id }) => id)
  }

  /** The first of that check. @returns `at`: the index of its entry @throws Error where it was not tried */
  resultOf(check: string): { at: number; evidence: TrialEvidence } {
    const at = this.recorded.entries.findIndex(({ body }) => body.type === 'tried' && body.check === check)
    const body = this.recorded.entries[at]?.body
    if (body?.type !== 'tried' || body.result.state !== 'fetched') throw new Error(`${check} was not tried`)
    return { at, evidence: body.result.value }
  }

  says(check: string, facts: Record<string, Fact<unknown>>): Verdict {
    return this.checks.find(({ id }) => id === check)!.judge({ ...this.moment, facts } as unknown as Moment)
  }

  saysOf(check: string, change: Change): Verdict {
    const { evidence } = this.resultOf(check)
    const { trial } = trialOf(this.lab, check)!
    const name = this.checks.find(({ id }) => id === check)!.trial!
    return this.says(check, { [name]: triedFact(trial, { ...evidence, ...change(evidence) }) })
  }

  /** What it says where the trial could not be made. */
  saysOfFailed(check: string, why: string): Verdict {
    const name = this.checks.find(({ id }) => id === check)!.trial!
    return this.says(check, { [name]: { state: 'failed', why } })
  }
}

type Item = Record<string, unknown>
/** All items of a list that a trial looked at, each changed to these; of one look, or of all that have such a list. */
const withItems =
  (list: 'records' | 'batches') =>
  (change: (item: Item) => Item | Item[] | null, look?: string): Change =>
  ({ facts }) => ({
    facts: Object.fromEntries(
      Object.entries(facts).map(([name, fact]) => {
        const { value } = fact as unknown as { value: Record<string, Item[]> }
        if (!(list in value) || (look !== undefined && name !== look)) return [name, fact]
        const items = value[list]!.flatMap((one) => change(one) ?? [])
        return [name, { ...fact, value: { ...value, [list]: items } } as unknown as NeedResult]
      }),
    ),
  })
export const withRecords = withItems('records')
export const withBatches = withItems('batches')
