'use client'
import { FlaskConical, LoaderCircle } from 'lucide-react'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'
import type { CheckState, LabSessionState } from '#labs/protocol/live.ts'
import { clock } from './format.ts'
import { useLab, useLive } from './live-context.tsx'
import { useNow } from './use-now.ts'

const TICK_MS = 1_000

/** A check that is judged by a trial: the button that asks for it, how far it is, and what the program showed. */
export function Trial({ check, trial }: { check: CheckState; trial: NonNullable<CheckState['trial']> }) {
  const { client, isOwn } = useLab()
  const { state } = useLive()
  const t = useTranslations('trial')
  const trying = state?.trying ?? null
  const canTry = isOwn && check.status === 'open'
  if (trying?.check === check.id) return <Running trying={trying} />
  return (
    <div className="mt-2 space-y-2" data-trial={trial.at === null ? 'not-tried' : 'tried'}>
      {canTry && (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Button
            size="sm"
            disabled={trying !== null}
            onClick={() => client.send({ type: 'try', check: check.id })}
            data-try={check.id}
          >
            <FlaskConical aria-hidden />
            {trial.at === null ? t('try') : t('again')}
          </Button>
          <p className="min-w-0 flex-1 basis-60 text-[12.5px] text-ink-quiet">
            {trying ? t('busy') : trial.at === null ? t('text') : t('triedAt', { time: clock(trial.at) })}
          </p>
        </div>
      )}
      {trial.failed !== null && (
        <p role="alert" className="rounded-md bg-warn-wash px-3 py-2 text-warn">
          {t('failed', { why: trial.failed })}
        </p>
      )}
      {trial.shown && <Shown shown={trial.shown} />}
    </div>
  )
}

function Running({ trying }: { trying: NonNullable<LabSessionState['trying']> }) {
  const t = useTranslations('trial')
  const now = useNow(TICK_MS)
  const seconds = Math.max(0, Math.round((now - trying.since) / 1_000))
  return (
    <p
      className="mt-2 flex w-fit items-center gap-2 rounded-md border bg-chrome px-2.5 py-1.5 text-[12.5px]"
      data-trial="running"
    >
      <LoaderCircle aria-hidden className="size-3.5 text-accent motion-safe:animate-spin" />
      <span aria-live="polite" className="font-medium text-ink">
        {t(`doing.${trying.doing}`)}
      </span>
      <span className="text-ink-soft tabular-nums">{t('seconds', { seconds })}</span>
    </p>
  )
}

function Shown({ shown }: { shown: NonNullable<NonNullable<CheckState['trial']>['shown']> }) {
  const t = useTranslations('trial')
  const { status, text, files } = shown
  return (
    <details className="rounded-md border text-[12.5px]">
      <summary className="cursor-pointer px-2.5 py-1.5 text-ink-soft">
        {t('output')}
        <span className="text-ink-quiet">
          {' · '}
          {status === null ? t('stopped') : t('status', { status })}
          {' · '}
          {t('files', { files })}
        </span>
      </summary>
      {text.trim() === '' ? (
        <p className="border-t px-2.5 py-2 text-ink-quiet">{t('silent')}</p>
      ) : (
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          tabIndex={0}
          className="max-h-60 overflow-auto border-t px-2.5 py-2 text-ink-soft leading-[1.5]"
        >
          {text}
        </pre>
      )}
    </details>
  )
}
