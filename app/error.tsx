'use client'
import Link from 'next/link'
import { useEffect } from 'react'
import { useTranslations } from 'use-intl'
import { Button, buttonVariants } from '#components/ui/button.tsx'

export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const t = useTranslations('error')
  useEffect(() => console.error(error), [error])
  return (
    <main id="content" tabIndex={-1} className="mx-auto w-full max-w-3xl px-4 py-20 outline-none sm:px-6">
      <h1 className="font-semibold text-3xl text-ink tracking-tight">{t('title')}</h1>
      <p className="mt-3 max-w-[56ch] text-ink-soft leading-relaxed">{t('text')}</p>
      {error.digest && (
        <p className="mt-2 font-mono text-[13px] text-ink-quiet">{t('reference', { digest: error.digest })}</p>
      )}
      <div className="mt-8 flex flex-wrap gap-3">
        <Button variant="primary" onClick={reset}>
          {t('again')}
        </Button>
        <Link href="/" className={buttonVariants({ variant: 'outline' })}>
          {t('home')}
        </Link>
      </div>
    </main>
  )
}
