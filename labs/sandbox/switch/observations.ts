/** What was seen, numbered, kept until the gateway has it on disk. */
import type { Observation } from '#labs/protocol/observation.ts'
import { isSample } from '#labs/protocol/observation.ts'
import type { FromSwitch } from '#labs/protocol/room.ts'

/** Some minutes of a lively cluster; beyond either the oldest go and a gap is told. */
const MAX_KEPT = { count: 20_000, chars: 32 * 2 ** 20 }
/** On their way to a gateway at once, of JSON. It gets the others when it has taken these. */
const MAX_AHEAD_CHARS = 4 * 2 ** 20

type Observed = Extract<FromSwitch, { type: 'observed' }>
type Kept = { seen: Observed; chars: number }

export class Observations {
  private kept: Kept[] = []
  private chars = 0
  private last = 0
  /** number of the last that the gateway was told */
  private told = 0
  /** of what was told and has not left yet; another one for each gateway */
  private way = { chars: 0 }
  private isTelling = false

  /** @param tell calls `drained` when it has left, at once where nobody listens */
  constructor(private readonly tell: (seen: Observed, drained: () => void) => void) {}

  add(observation: Observation): void {
    const seen: Observed = {
      type: 'observed',
      number: ++this.last,
      at: Date.now(),
      mono: performance.now(),
      observation,
    }
    const chars = JSON.stringify(observation).length
    this.kept.push({ seen, chars })
    this.chars += chars
    // Of samples only the newest counts, so they go first; then the oldest.
    if (this.isTooMuch) this.keep(this.kept.filter((one) => !isSample(one.seen.observation)))
    if (this.isTooMuch) this.drop()
    this.tellOn()
  }

  /** @param number the highest that the history has */
  seen(number: number): void {
    this.keep(this.after(number))
  }

  /** To a gateway that has what is numbered up to `number`. */
  resend(number: number): void {
    this.told = number
    this.way = { chars: 0 }
    this.tellOn()
  }

  /** The lowest number still held, or the next to come. */
  get oldest(): number {
    return this.kept[0]?.seen.number ?? this.last + 1
  }

  private tellOn(): void {
    if (this.isTelling) return
    this.isTelling = true
    const { way } = this
    for (const { seen, chars } of this.after(this.told)) {
      if (way.chars >= MAX_AHEAD_CHARS) break
      this.told = seen.number
      way.chars += chars
      this.tell(seen, () => {
        way.chars -= chars
        if (way.chars === 0 && way === this.way) this.tellOn()
      })
    }
    this.isTelling = false
  }

  private after(number: number): Kept[] {
    return this.kept.slice(this.kept.findLastIndex(({ seen }) => seen.number <= number) + 1)
  }

  private keep(kept: Kept[]): void {
    this.kept = kept
    this.chars = kept.reduce((sum, { chars }) => sum + chars, 0)
  }

  private get isTooMuch(): boolean {
    return this.kept.length > MAX_KEPT.count || this.chars > MAX_KEPT.chars
  }

  /** The older half, by number or by size. */
  private drop(): void {
    let left = this.chars
    const from = this.kept.findIndex(({ chars }, index) => {
      const isEnough = this.kept.length - index <= MAX_KEPT.count / 2 && left <= MAX_KEPT.chars / 2
      if (!isEnough) left -= chars
      return isEnough
    })
    // one alone that is too large is all that there is to tell
    const dropped = this.kept.slice(0, from < 0 ? -1 : from)
    const newest = dropped.at(-1)?.seen
    if (!newest) return
    const since = dropped[0]!.seen.at
    const observation: Observation = { type: 'unobserved', why: 'too much happened while nobody listened', since }
    const gap = { seen: { ...newest, observation }, chars: JSON.stringify(observation).length }
    this.keep([gap, ...this.kept.slice(dropped.length)])
  }
}
