'use client'
import { Copy } from 'lucide-react'
import { useState, useSyncExternalStore } from 'react'
import { useTranslations } from 'use-intl'
import { newJoinLink } from '#app/classes/actions.ts'
import { ConfirmDialog } from '#components/ui/alert-dialog.tsx'
import { Button } from '#components/ui/button.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { useAnswer } from '#components/ui/use-answer.ts'

const never = () => () => {}

export function JoinLink(props: { classId: string; code: string; isOpen: boolean; mayRenew: boolean }) {
  const { classId, code, isOpen, mayRenew } = props
  // Only the browser knows by which address the site is reached.
  const origin = useSyncExternalStore(
    never,
    () => window.location.origin,
    () => '',
  )
  const t = useTranslations('classes')
  const { act, busy, problem } = useAnswer()
  const [copied, setCopied] = useState(false)
  const [asked, setAsked] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(`${origin}/join/${code}`)
    setCopied(true)
  }
  return (
    <div className="space-y-4">
      {!isOpen && <Notice tone="bad">{t('joinClosed')}</Notice>}
      <dl className="grid gap-x-6 gap-y-2 text-sm sm:grid-cols-[auto_1fr]">
        <dt className="text-ink-quiet">{t('code')}</dt>
        <dd className="font-mono text-base text-ink tracking-wider">{`${code.slice(0, 5)}-${code.slice(5)}`}</dd>
        <dt className="text-ink-quiet">{t('link')}</dt>
        <dd className="min-w-0 break-all font-mono text-ink">{`${origin}/join/${code}`}</dd>
      </dl>
      {problem && <Notice tone="bad">{problem}</Notice>}
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => void copy()}>
          <Copy aria-hidden /> <span aria-live="polite">{t(copied ? 'copied' : 'copyLink')}</span>
        </Button>
        {mayRenew && (
          <Button variant="ghost" disabled={busy} onClick={() => setAsked(true)}>
            {t('renew')}
          </Button>
        )}
      </div>
      <ConfirmDialog
        open={asked}
        onOpenChange={setAsked}
        title={t('renewTitle')}
        text={t('renewText')}
        confirm={t('renew')}
        cancel={t('cancel')}
        onConfirm={() => {
          setCopied(false)
          act(() => newJoinLink(classId))
        }}
      />
    </div>
  )
}
