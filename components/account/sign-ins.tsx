'use client'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'
import { LocalTime } from '#components/ui/local-time.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { authClient } from './auth-client.ts'
import { deviceOf } from './device.ts'

type SignIn = { at: number; method: string; device: string; isHere: boolean }

/** Newest first. `at`: ms since 1970. `device`: the browser's User-Agent. */
export function SignIns({ all }: { all: SignIn[] }) {
  const t = useTranslations('account')
  const [failed, setFailed] = useState(false)

  async function signOutEverywhere() {
    const { error } = await authClient.revokeSessions()
    if (error) setFailed(true)
    else window.location.assign('/sign-in')
  }

  return (
    <div className="space-y-4">
      <ul className="divide-y rounded-md border text-sm">
        {all.map(({ at, device, isHere }) => (
          <li key={at} className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 px-3 py-2.5">
            <span className="text-ink">{deviceOf(device) || t('unknownDevice')}</span>
            <span className="text-ink-quiet tabular-nums">{isHere ? t('thisDevice') : <LocalTime at={at} />}</span>
          </li>
        ))}
      </ul>
      {failed && <Notice tone="bad">{t('failed')}</Notice>}
      <Button onClick={() => void signOutEverywhere()}>{t('signOutEverywhere')}</Button>
    </div>
  )
}
