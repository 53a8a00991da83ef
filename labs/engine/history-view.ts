/** What a judge may ask of the entries since its step opened. Reads only; the newest entry is the last. */
import type { Observation } from '#labs/protocol/observation.ts'
import type { Entry } from './history.ts'

type Seen<Type extends Observation['type']> = Extract<Observation, { type: Type }> & { at: number }

/** Commands typed are for the timeline alone: checks do not get them. */
type Judged = Exclude<Observation['type'], 'command'>

export class HistoryView {
  constructor(
    private readonly entries: readonly Entry[],
    private readonly from: number,
  ) {}

  /** Observations of one type, oldest first. */
  all<Type extends Judged>(type: Type): Seen<Type>[] {
    const found: Seen<Type>[] = []
    for (let index = this.from; index < this.entries.length; index++) {
      const { body, at } = this.entries[index]!
      if (body.type === 'observed' && body.observation.type === type) {
        found.push({ ...(body.observation as Extract<Observation, { type: Type }>), at })
      }
    }
    return found
  }

  /** True where the watcher missed something: no "never" holds over it. */
  get hasGap(): boolean {
    return this.all('unobserved').length > 0
  }
}
