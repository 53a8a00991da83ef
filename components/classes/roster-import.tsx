'use client'
import { Upload } from 'lucide-react'
import { useState, useTransition } from 'react'
import { useTranslations } from 'use-intl'
import { giveRoster, type RosterAnswer } from '#app/classes/actions.ts'
import { Button } from '#components/ui/button.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { Sheet } from '#components/ui/sheet.tsx'

/** Choose a file, see what is wrong with it line by line, and only then import what is right. */
export function RosterImport({ classId }: { classId: string }) {
  const t = useTranslations('classes')
  const [open, setOpen] = useState(false)
  const [file, setFile] = useState<File | null>(null)
  const [answer, setAnswer] = useState<RosterAnswer | null>(null)
  const [busy, start] = useTransition()

  const ask = (of: File, confirmed: boolean) =>
    start(async () => {
      const form = new FormData()
      form.set('file', of)
      if (confirmed) form.set('confirmed', 'yes')
      setAnswer(await giveRoster(classId, form))
    })
  const choose = (chosen: File | undefined) => {
    setAnswer(null)
    setFile(chosen ?? null)
    if (chosen) ask(chosen, false)
  }
  const shown = answer?.ok ? answer : null

  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <Upload aria-hidden /> {t('importRoster')}
      </Button>
      <Sheet open={open} onOpenChange={setOpen} title={t('importRoster')} close={t('close')}>
        <div className="space-y-5 p-5">
          <p className="text-ink-soft text-sm leading-relaxed">{t('importText')}</p>
          <input
            type="file"
            accept=".csv,text/csv"
            aria-label={t('file')}
            className="block w-full text-ink-soft text-sm file:mr-3 file:h-9 file:rounded-md file:border file:border-line-strong file:bg-raised file:px-4 file:font-medium file:text-ink"
            onChange={({ target }) => choose(target.files?.[0])}
          />
          {answer && !answer.ok && <Notice tone="bad">{answer.says}</Notice>}
          {shown?.imported && <Notice tone="good">{t('imported', shown.imported)}</Notice>}
          {shown && !shown.imported && (
            <>
              {shown.roster.problems.length > 0 && (
                <div>
                  <h3 className="font-semibold text-bad text-sm">
                    {t('brokenLines', { count: shown.roster.problems.length })}
                  </h3>
                  <ul className="mt-2 max-h-56 divide-y overflow-y-auto rounded-md border text-[13px]">
                    {shown.roster.problems.map(({ line, says }) => (
                      <li key={line} className="px-3 py-1.5">
                        <span className="text-ink-quiet tabular-nums">{t('line', { line })}</span>{' '}
                        <span className="text-ink">{says}</span>
                      </li>
                    ))}
                  </ul>
                </div>
              )}
              <div>
                <h3 className="font-semibold text-ink text-sm">
                  {t('goodLines', { count: shown.roster.lines.length })}
                </h3>
                <ul className="mt-2 max-h-72 divide-y overflow-y-auto rounded-md border text-[13px]">
                  {shown.roster.lines.map(({ student, email, section }, at) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: lines of a file have no other name
                    <li key={at} className="flex flex-wrap gap-x-3 px-3 py-1.5">
                      <span className="font-medium text-ink">{student}</span>
                      <span className="text-ink-quiet">{[email, section].filter(Boolean).join(' · ')}</span>
                    </li>
                  ))}
                </ul>
              </div>
              <Button
                variant="primary"
                disabled={busy || shown.roster.lines.length === 0 || !file}
                onClick={() => file && ask(file, true)}
              >
                {t('importLines', { count: shown.roster.lines.length })}
              </Button>
            </>
          )}
        </div>
      </Sheet>
    </>
  )
}
