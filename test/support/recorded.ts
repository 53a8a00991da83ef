/** A recorded history (`labs -- record`), and what a lab's checks said at each of its moments. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { type Evidence, type Lab, questionId } from '#labs/engine/define.ts'
import { type Entry, readHistory } from '#labs/engine/history.ts'
import { type Assessed, LabSession } from '#labs/engine/lab-session.ts'
import type { NeedResult, Observation } from '#labs/protocol/observation.ts'
import { temporaryFolder } from './temporary.ts'

const FIXTURES = join(import.meta.dirname, '../fixtures/histories')

type Needed = Extract<Observation, { type: 'need' }>

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

  /** With what evidence it latched. */
  evidenceOf(check: string): Evidence {
    const { body } = this.entries[this.passOf(check)]!
    return body.type === 'passed' ? body.evidence : { says: '' }
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

  /** The same history, had something else been observed; null: nothing. @throws Error where that changes nothing */
  but(change: (seen: Observation, index: number) => Observation | null): Recorded {
    const entries = this.entries.flatMap((entry, index): Entry[] => {
      if (entry.body.type !== 'observed') return [entry]
      const observation = change(entry.body.observation, index)
      return observation ? [{ ...entry, body: { ...entry.body, observation } }] : []
    })
    if (isDeepStrictEqual(entries, this.entries)) throw new Error(`that is as it was recorded for ${this.lab.slug}`)
    return new Recorded(this.lab, entries)
  }

  /** The same, had what was fetched for a need been something else. @param need the first words of its name */
  butFetched<Value>(need: string, change: (value: Value, index: number) => unknown): Recorded {
    return this.butNeed(need, ({ result, ...seen }, index) => {
      if (result.state !== 'fetched') return { ...seen, result }
      return { ...seen, result: { ...result, value: change(result.value as Value, index) } as NeedResult }
    })
  }

  /** The same, had that need failed whenever somebody looked. */
  butFailed(need: string, why: string): Recorded {
    return this.butNeed(need, (seen) => ({ ...seen, result: { state: 'failed', why } }))
  }

  /** The same, had nobody looked for that need yet. */
  butUnread(need: string): Recorded {
    return this.butNeed(need, () => null)
  }

  private butNeed(need: string, change: (seen: Needed, index: number) => Needed | null): Recorded {
    const words = need.split(' ')
    return this.but((seen, index) => {
      if (seen.type !== 'need') return seen
      const isMeant = words.every((word, at) => seen.name.split(/ +/)[at] === word)
      return isMeant ? change(seen, index) : seen
    })
  }

  /** The same, had the metadata log other data in its records of that type; null: no such record. */
  butRecords<Data>(type: string, change: (data: Data, index: number) => unknown): Recorded {
    return this.but((seen, index) => {
      if (seen.type !== 'metadata') return seen
      const records = seen.records.flatMap((one) => {
        const data = one.type === type ? change(one.data as Data, index) : one.data
        return data === null ? [] : [{ ...one, data }]
      })
      return { ...seen, records }
    })
  }

  /** The same, had the log of a topic's partition ended elsewhere. */
  butEnds(topic: string, change: (end: number, index: number) => number): Recorded {
    return this.but((seen, index) => {
      if (seen.type !== 'log-ends') return seen
      const changed = (one: { topic: string; end: number }) => (one.topic === topic ? change(one.end, index) : one.end)
      return { ...seen, partitions: seen.partitions.map((one) => ({ ...one, end: changed(one) })) }
    })
  }

  /** What the check says where it latched in the record. */
  whereItPassed(check: string): Promise<Assessed> {
    return this.at(check, this.passOf(check))
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
