'use client'
import { useTranslations } from 'use-intl'
import type { Board, BoardRow } from '#labs/protocol/class.ts'
import { LearnerRow } from './learner-row.tsx'
import { type Distribution, distributionOf } from './standings.ts'
import { StepHead } from './step-head.tsx'

/** Learners by steps. The names stay in view sideways, the steps upwards. */
export function BoardTable(props: { board: Board; rows: BoardRow[]; base: string }) {
  const { board, rows, base } = props
  const t = useTranslations('board')
  const { steps } = board.lab
  const distribution: Distribution[] = distributionOf(board.rows, steps)
  return (
    <section
      aria-label={board.lab.title}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className="max-h-[max(24rem,calc(100dvh-19rem))] overflow-auto rounded-lg border"
      data-board
    >
      <table className="w-full border-separate border-spacing-0 text-left [&_tbody_td]:border-t [&_tbody_th]:border-t">
        <thead className="[&_th]:sticky [&_th]:top-0 [&_th]:z-2 [&_th]:bg-chrome">
          <tr>
            <th
              scope="col"
              className="left-0 z-3! w-px border-r px-3 py-2 align-bottom font-medium text-[13px] text-ink-quiet"
            >
              {t('learner')}
            </th>
            <th scope="col" className="w-px px-3 py-2 align-bottom font-medium text-[13px] text-ink-quiet">
              {t('standing')}
            </th>
            <th scope="col" className="w-px px-3 py-2 align-bottom font-medium text-[13px] text-ink-quiet">
              {t('cluster')}
            </th>
            {steps.map((step, index) => (
              <StepHead
                key={step.id}
                number={index + 1}
                title={step.title}
                of={distribution[index]!}
                learners={board.rows.length}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <LearnerRow key={row.userId} row={row} steps={steps} base={base} />
          ))}
        </tbody>
      </table>
    </section>
  )
}
