/** A recorded history (`labs -- record`), and what a lab's checks said at each of its moments. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Lab, questionId } from '#labs/engine/define.ts'
import { type Entry, readHistory } from '#labs/engine/history.ts'
import { type Assessed, LabSession } from '#labs/engine/lab-session.ts'
import type { Observation } from '#labs/protocol/observation.ts'
import { temporaryFolder } from './temporary.ts'

const FIXTURES = join(import.meta.dirname, '../fixtures/histories')

export class Recorded {
  private constructor(
    private readonly lab: Lab,
    readonly entries: Entry[],
  ) {}

  static async of(lab: Lab): Promise<Recorded> {
    const { entries } = await readHistory(
      join(FIXTURES, `${lab.variant === null ? lab.slug : `${lab.slug}.${lab.variant}`}.ndjson`),
    )
    return new Recorded(lab, entries)
  }

  /** Index of the entry that latched the check. @throws Error where it never passed */
  passOf(check: string): number {
    const at = this.entries.findIndex(({ body }) => body.type === 'passed' && body.check === check)
    if (at < 0) throw new Error(`${check} did not pass in the recorded history of ${this.lab.slug}`)
    return at
  }

  /** Index of the first observation of that kind which holds, from an index on. @throws Error where there is none */
  seen<Type extends Observation['type']>(
    type: Type,
    holds: (seen: Extract<Observation, { type: Type }>) => boolean = () => true,
    from = 0,
  ): number {
    const at = this.entries.findIndex(
      ({ body }, index) =>
        index >= from &&
        body.type === 'observed' &&
        body.observation.type === type &&
        holds(body.observation as Extract<Observation, { type: Type }>),
    )
    if (at < 0) throw new Error(`no ${type} of that kind was recorded for ${this.lab.slug}`)
    return at
  }

  /** Index of the observation with which the topic came into being. */
  created(topic: string): number {
    const isItsOwn = (data: unknown) => (data as { name?: unknown }).name === topic
    return this.seen('metadata', ({ records }) =>
      records.some(({ type, data }) => type === 'TOPIC_RECORD' && isItsOwn(data)),
    )
  }

  /** What the check said when the history had only so many entries. */
  at(check: string, count: number): Promise<Assessed> {
    return this.ask(count, check)
  }

  /** What is said to this answer when the history had only so many entries; the step is open then. */
  answered(step: string, given: string, count: number): Promise<Assessed> {
    return this.ask(count, questionId(step), async (session) => {
      session.answer(step, given)
      await session.settled()
    })
  }

  private async ask(count: number, check: string, first: (session: LabSession) => Promise<void> = async () => {}) {
    const lines = this.entries.slice(0, count).map((one) => `${JSON.stringify(one)}\n`)
    const file = join(await temporaryFolder(), 'history.ndjson')
    await writeFile(file, lines.join(''))
    const session = await LabSession.open({ id: 'recorded', lab: this.lab, learner: 'ada', file })
    try {
      await first(session)
      const found = session.assess().find(({ id }) => id === check)
      if (!found) throw new Error(`${this.lab.slug} has no check ${check}`)
      return found
    } finally {
      await session.close()
    }
  }
}
