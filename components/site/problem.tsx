import type { ContentProblem } from '#lessons/content-problem.ts'
import { translate } from '#messages/text.ts'

/** A mistake in content/, for the one who can mend it. */
export function Problem({ problem }: { problem: ContentProblem }) {
  const rows = [
    { name: translate('problem.file'), value: problem.file },
    { name: translate('problem.field'), value: problem.field },
    { name: translate('problem.reason'), value: problem.reason },
  ]
  return (
    <div className="rounded-lg border border-bad/40 bg-bad-wash p-5">
      <p className="font-semibold text-bad">{translate('problem.title')}</p>
      <dl className="mt-3 grid grid-cols-[auto_1fr] gap-x-5 gap-y-1.5 text-sm">
        {rows.map(({ name, value }) => (
          <div key={name} className="contents">
            <dt className="text-ink-soft">{name}</dt>
            <dd className="min-w-0 whitespace-pre-wrap break-words font-mono text-[13px] text-ink">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}
