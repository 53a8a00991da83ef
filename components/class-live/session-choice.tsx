'use client'
import { usePathname, useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Choice } from '#components/ui/choice.tsx'
import { clockMinutes } from '#components/workbench/format.ts'

/** Which room of the learner's is looked at, newest first. */
export function SessionChoice(props: { session: string; sessions: { id: string; startedAt: number }[] }) {
  const router = useRouter()
  const path = usePathname()
  const t = useTranslations('story')
  // The time zone is the reader's, which the server does not know.
  const [shown, setShown] = useState(false)
  useEffect(() => setShown(true), [])
  return (
    <Choice label={t('earlier')} value={props.session} onChange={(id) => router.replace(`${path}?session=${id}`)}>
      {props.sessions.map(({ id, startedAt }) => (
        <option key={id} value={id}>
          {t('earlierAt', { time: shown ? dayAndTime(startedAt) : '' })}
        </option>
      ))}
    </Choice>
  )
}

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const dayAndTime = (at: number): string => `${DAY.format(at)}, ${clockMinutes(at)}`
