'use client'
import { LogIn } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { authClient } from './auth-client.ts'

/**
 * Signs in, or up, at the provider that this installation names. `error`: the code with which somebody
 * was sent back; null: they were not. An address that an account has already is no key to it: whoever made that account may
 * not be whom the provider knows by it.
 */
export function OidcButton({ name, to, error }: { name: string; to: string; error: string | null }) {
  const t = useTranslations('account')
  const [problem, setProblem] = useState(error)
  const [busy, setBusy] = useState(false)
  async function leave() {
    setBusy(true)
    // The provider's page follows, where there is no error.
    const { error: failed } = await authClient.signIn.social({
      provider: 'oidc',
      callbackURL: to,
      errorCallbackURL: '/sign-in',
    })
    if (!failed) return
    setProblem(failed.code ?? '')
    setBusy(false)
  }
  return (
    <div className="mb-7 space-y-4 border-b pb-7">
      {problem !== null && (
        <Notice tone="bad">{t(problem === 'account_not_linked' ? 'oidcTaken' : 'oidcFailed', { name })}</Notice>
      )}
      <Button className="w-full" disabled={busy} onClick={() => void leave()}>
        <LogIn aria-hidden /> {t('oidc', { name })}
      </Button>
    </div>
  )
}
