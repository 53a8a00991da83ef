/** What was seen, numbered, kept until the gateway has it on disk. */
import type { Observation } from '#labs/protocol/observation.ts'
import { isSample } from '#labs/protocol/observation.ts'
import type { FromSwitch } from '#labs/protocol/room.ts'

/** Some minutes of a lively cluster; beyond it the oldest go and a gap is told. */
const MAX_KEPT = 20_000

type Observed = Extract<FromSwitch, { type: 'observed' }>

export class Observations {
  private kept: Observed[] = []
  private last = 0

  constructor(private readonly tell: (seen: Observed) => void) {}

  add(observation: Observation): void {
    const seen: Observed = {
      type: 'observed',
      number: ++this.last,
      at: Date.now(),
      mono: performance.now(),
      observation,
    }
    this.kept.push(seen)
    // Of samples only the newest counts, so they go first; then the oldest.
    if (this.kept.length > MAX_KEPT) this.kept = this.kept.filter((one) => !isSample(one.observation))
    if (this.kept.length > MAX_KEPT) this.drop()
    this.tell(seen)
  }

  /** @param number the highest that the history has */
  seen(number: number): void {
    const from = this.kept.findIndex((one) => one.number > number)
    this.kept = from < 0 ? [] : this.kept.slice(from)
  }

  after(number: number): Observed[] {
    return this.kept.filter((one) => one.number > number)
  }

  /** The lowest number still held, or the next to come. */
  get oldest(): number {
    return this.kept[0]?.number ?? this.last + 1
  }

  private drop(): void {
    const half = Math.floor(MAX_KEPT / 2)
    const dropped = this.kept.splice(0, half)
    const { number, at, mono } = dropped.at(-1)!
    const since = dropped[0]!.at
    const observation: Observation = { type: 'unobserved', why: 'too much happened while nobody listened', since }
    this.kept.unshift({ type: 'observed', number, at, mono, observation })
  }
}
