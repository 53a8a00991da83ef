'use client'
import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'

const COPIED_MS = 1_500

export function CopyButton({ text }: { text: string }) {
  const t = useTranslations('lesson')
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), COPIED_MS)
  }
  return (
    <Button
      variant="ghost"
      size="icon"
      className="size-7 text-ink-quiet"
      aria-label={copied ? t('copied') : t('copy')}
      title={t('copy')}
      onClick={copy}
    >
      {copied ? <Check className="text-good" aria-hidden /> : <Copy aria-hidden />}
    </Button>
  )
}
