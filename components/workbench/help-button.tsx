'use client'
import { Hand } from 'lucide-react'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import { clock } from './format.ts'
import { useLab, useLive } from './live-context.tsx'

/** "I need help": there for those who are in a class that has this lab to do. */
export function HelpButton() {
  const { client } = useLab()
  const { state } = useLive()
  const t = useTranslations('company')
  if (!state || state.help.from.length === 0) return null
  const { since, from } = state.help
  const wanted = since !== null
  return (
    <Button
      variant="ghost"
      size="sm"
      aria-pressed={wanted}
      title={wanted ? t('askedTitle', { time: clock(since) }) : t('needTitle', { classes: from.join(', ') })}
      onClick={() => client.help(!wanted)}
      className={cn('ml-auto', wanted && 'bg-warn-wash text-warn hover:bg-warn-wash hover:text-warn')}
    >
      <Hand aria-hidden />
      {wanted ? t('asked') : t('need')}
    </Button>
  )
}
