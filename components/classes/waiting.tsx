'use client'
import { useTranslations } from 'use-intl'
import { letIn, takeOut } from '#app/classes/actions.ts'
import { Button } from '#components/ui/button.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { useAnswer } from '#components/ui/use-answer.ts'

/** Those who ask to be let in. */
export function Waiting({ classId, all }: { classId: string; all: { userId: string; name: string; email: string }[] }) {
  const t = useTranslations('classes')
  const { act, busy, problem } = useAnswer()
  return (
    <section className="rounded-lg border border-accent/40 bg-accent-wash p-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="font-semibold text-ink">{t('waitingCount', { count: all.length })}</h2>
        {all.length > 1 && (
          <Button
            size="sm"
            disabled={busy}
            onClick={() =>
              act(() =>
                letIn(
                  classId,
                  all.map(({ userId }) => userId),
                ),
              )
            }
          >
            {t('letAllIn')}
          </Button>
        )}
      </div>
      {problem && (
        <Notice tone="bad" className="mt-3">
          {problem}
        </Notice>
      )}
      <ul className="mt-3 divide-y divide-line-strong/50">
        {all.map(({ userId, name, email }) => (
          <li key={userId} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-2 text-sm">
            <span>
              <span className="font-medium text-ink">{name}</span> <span className="text-ink-soft">{email}</span>
            </span>
            <span className="flex gap-2">
              <Button size="sm" disabled={busy} onClick={() => act(() => letIn(classId, [userId]))}>
                {t('letIn')}
                <span className="sr-only"> {name}</span>
              </Button>
              <Button size="sm" variant="ghost" disabled={busy} onClick={() => act(() => takeOut(classId, userId))}>
                {t('refuse')}
                <span className="sr-only"> {name}</span>
              </Button>
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
