'use client'
import { useState, useTransition } from 'react'
import { useTranslations } from 'use-intl'
import { endToken, newToken } from '#app/classes/actions.ts'
import { Button, buttonVariants } from '#components/ui/button.tsx'
import { CheckField } from '#components/ui/check-field.tsx'
import { Dialog, DialogActions, DialogClose } from '#components/ui/dialog.tsx'
import { TextField } from '#components/ui/field.tsx'
import { LocalTime } from '#components/ui/local-time.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { TextLink } from '#components/ui/text-link.tsx'
import { useAnswer } from '#components/ui/use-answer.ts'
import { API_SCOPES, type ApiScope } from '#config/api-scopes.ts'

const DAYS = 120

type Token = {
  id: string
  name: string
  by: string
  scopes: ApiScope[]
  expiresAt: number
  isOver: boolean
  lastUsedAt: number | null
}

/** Times are ms since 1970. */
export function ApiTokens({ classId, all, mayMake }: { classId: string; all: Token[]; mayMake: boolean }) {
  const t = useTranslations('classes')
  const { act, busy, problem } = useAnswer()
  return (
    <div className="space-y-4">
      {all.length > 0 && (
        <ul className="divide-y rounded-md border text-sm">
          {all.map(({ id, name, by, scopes, expiresAt, isOver, lastUsedAt }) => (
            <li key={id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-3 py-2">
              <span>
                <span className="font-medium text-ink">{name}</span>{' '}
                <span className="text-ink-quiet">
                  {scopes.join(', ')} · {by} · {t(isOver ? 'tokenWasOver' : 'tokenUntil')}{' '}
                  <LocalTime at={expiresAt} dateOnly /> · {lastUsedAt === null ? t('tokenUnused') : t('tokenUsed')}
                  {lastUsedAt !== null && (
                    <>
                      {' '}
                      <LocalTime at={lastUsedAt} />
                    </>
                  )}
                </span>
              </span>
              <Button
                variant="ghost"
                size="sm"
                disabled={busy}
                aria-label={t('revokeNamed', { name })}
                onClick={() => act(() => endToken(classId, id))}
              >
                {t('revoke')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {problem && <Notice tone="bad">{problem}</Notice>}
      <div className="flex flex-wrap items-center gap-4">
        {mayMake && <NewToken classId={classId} />}
        <TextLink href="/api/v1/openapi.json" prefetch={false} className="text-sm">
          {t('openApi')}
        </TextLink>
      </div>
    </div>
  )
}

function NewToken({ classId }: { classId: string }) {
  const t = useTranslations('classes')
  const [open, setOpen] = useState(false)
  const [made, setMade] = useState('')
  const [problem, setProblem] = useState('')
  const [busy, start] = useTransition()
  const close = (isOpen: boolean) => {
    setOpen(isOpen)
    // Once it is closed nobody sees it again.
    setMade('')
    setProblem('')
  }
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('makeToken')}</Button>
      <Dialog open={open} onOpenChange={close} title={t('makeToken')} text={t(made ? 'tokenMade' : 'makeTokenText')}>
        {made ? (
          <div className="mt-4 space-y-4">
            <p className="break-all rounded-md bg-sunken p-3 font-mono text-sm" data-token>
              {made}
            </p>
            <div className="flex justify-end">
              <DialogClose className={buttonVariants({ variant: 'primary' })}>{t('tokenKept')}</DialogClose>
            </div>
          </div>
        ) : (
          <form
            className="mt-4 space-y-4"
            onSubmit={(event) => {
              event.preventDefault()
              const given = new FormData(event.currentTarget)
              start(async () => {
                const answer = await newToken(classId, {
                  name: String(given.get('name') ?? ''),
                  scopes: given.getAll('scope').map(String) as ApiScope[],
                  days: Number(given.get('days')),
                })
                setProblem(answer.ok ? '' : answer.says)
                if (answer.ok) setMade(answer.token)
              })
            }}
          >
            <TextField label={t('tokenName')} name="name" required maxLength={100} autoComplete="off" />
            <fieldset className="space-y-2.5">
              <legend className="mb-1.5 font-medium text-sm">{t('scopes')}</legend>
              {API_SCOPES.map((scope) => (
                <CheckField key={scope} name="scope" value={scope} label={t(`scope.${scope}`)} />
              ))}
            </fieldset>
            <TextField
              label={t('tokenDays')}
              name="days"
              type="number"
              min={1}
              max={366}
              required
              defaultValue={DAYS}
            />
            {problem && <Notice tone="bad">{problem}</Notice>}
            <DialogActions cancel={t('cancel')} submit={t('makeToken')} busy={busy} />
          </form>
        )}
      </Dialog>
    </>
  )
}
