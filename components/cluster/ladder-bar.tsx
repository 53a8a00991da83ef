import { cn } from '#components/ui/cn.ts'

/** Records on the left of the mark, in steps, so that the scale does not breathe with every record. */
const SCALES = [10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000, 1_000_000]
/** Of the width, left of the mark. */
export const MARK_AT = 0.8

/** Where an offset is drawn, 0 to 1, so that `base` is at the mark and all the ends fit. */
export function ladderPlace(base: number, ends: number[]): (end: number) => number {
  const farthest = Math.max(...ends.map((end) => Math.max(base - end, (end - base) * 4)), 0)
  const scale = SCALES.find((one) => one > farthest) ?? farthest + 1
  return (end) => Math.max(0, Math.min(1, MARK_AT * (1 + (end - base) / scale)))
}

const TONES = {
  leads: ['bg-accent/45', 'bg-accent'],
  behind: ['bg-warn/45', 'bg-warn'],
  good: ['bg-good/45', 'bg-good'],
}

/**
 * How far a log goes, in the cell of a row; what it says in figures stands beside it.
 * @param end null: not known
 * @param watermark what this log's own node takes for the high watermark
 */
export function LadderBar(props: {
  place: (end: number) => number
  end: number | null
  tone: keyof typeof TONES
  mark: boolean
  watermark?: number
}) {
  const { place, end, tone, mark, watermark } = props
  const [fill, tip] = TONES[tone]
  return (
    <>
      <span className="absolute inset-x-0 top-1/2 h-px bg-line" />
      {end !== null && (
        <>
          <span
            className={cn('absolute top-1/2 left-0 h-[5px] -translate-y-1/2', fill)}
            style={{ width: `${place(end) * 100}%` }}
          />
          <span
            className={cn('absolute top-1/2 h-3.5 w-[3px] -translate-x-1/2 -translate-y-1/2 rounded-full', tip)}
            style={{ left: `${place(end) * 100}%` }}
          />
        </>
      )}
      {watermark !== undefined && (
        <span
          className="absolute top-1/2 size-[7px] -translate-x-1/2 -translate-y-1/2 rotate-45 border border-ink bg-page"
          style={{ left: `${place(watermark) * 100}%` }}
        />
      )}
      {mark && <span className="absolute inset-y-0 w-px bg-ink-quiet/70" style={{ left: `${MARK_AT * 100}%` }} />}
    </>
  )
}
