'use client'
import { useTranslations } from 'use-intl'
import { setMatches } from '#app/classes/actions.ts'
import { Button } from '#components/ui/button.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { useAnswer } from '#components/ui/use-answer.ts'

type Suggestion = { entryId: string; student: string; userId: string; name: string; email: string }

/** Lines of the roster whose address a learner has given. */
export function Suggestions({ classId, all }: { classId: string; all: Suggestion[] }) {
  const t = useTranslations('classes')
  const { act, busy, problem } = useAnswer()
  const confirm = () =>
    act(() =>
      setMatches(
        classId,
        all.map(({ entryId, userId }) => ({ entryId, userId })),
      ),
    )
  return (
    <section className="rounded-lg border p-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="font-semibold text-ink">{t('suggested', { count: all.length })}</h2>
        <Button size="sm" disabled={busy} onClick={confirm}>
          {t('confirmAll')}
        </Button>
      </div>
      <p className="mt-1.5 max-w-[70ch] text-ink-quiet text-sm">{t('suggestedText')}</p>
      {problem && (
        <Notice tone="bad" className="mt-3">
          {problem}
        </Notice>
      )}
      <ul className="mt-3 divide-y text-sm">
        {all.map(({ entryId, student, name, email }) => (
          <li key={entryId} className="flex flex-wrap gap-x-3 py-2">
            <span className="font-medium text-ink">{name}</span>
            <span className="text-ink-quiet">{email}</span>
            <span aria-hidden className="text-ink-quiet">
              =
            </span>
            <span className="text-ink">{student}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
