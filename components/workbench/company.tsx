'use client'
/** Who else is in the room: instructors who watch, and what they say to the class. */
import { Clock, Eye, Keyboard, Megaphone, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import type { ClassMessage, Watcher } from '#labs/protocol/live.ts'
import { clock, clockMinutes } from './format.ts'
import { useLab, useLive } from './live-context.tsx'
import { useNow } from './use-now.ts'
import { useStoredNumber } from './use-stored.ts'

const TICK_MS = 10_000

/** Across the top of the page, for as long as it is so. */
export function Company() {
  const { state, session } = useLive()
  const [read, setRead] = useStoredNumber(`kraftlab.read.${session}`, 0)
  const now = useNow(TICK_MS)
  if (!state) return null
  const { watchers, messages, kept } = state
  const unread = messages.filter(({ seq }) => seq > read)
  return (
    <div className="shrink-0">
      {/* There before it has anything to say, so that it is read out when it has. */}
      <div role="status">
        {watchers.map((watcher) => (
          <Watched key={watcher.id} watcher={watcher} />
        ))}
      </div>
      <div role="status">
        {unread.map((message) => (
          <Told key={message.seq} message={message} onRead={() => setRead(message.seq)} />
        ))}
      </div>
      {kept && kept.until > now && state.room.status === 'ready' && <Kept until={kept.until} by={kept.by} />}
    </div>
  )
}

function Watched({ watcher }: { watcher: Watcher }) {
  const { client } = useLab()
  const t = useTranslations('company')
  const { id, name, typing } = watcher
  const allow = (allowed: boolean) => client.send({ type: 'watcher.allow', watcher: id, allowed })
  return (
    <Strip tone={typing === 'no' ? 'accent' : 'warn'} Icon={typing === 'no' ? Eye : Keyboard} data-watched={typing}>
      <span className="min-w-0 flex-1">
        {typing === 'allowed'
          ? t('types', { name })
          : typing === 'asked'
            ? t('asks', { name })
            : t('watches', { name })}
      </span>
      {typing === 'asked' && (
        <>
          <Button size="sm" variant="primary" onClick={() => allow(true)}>
            {t('allow')}
          </Button>
          <Button size="sm" onClick={() => allow(false)}>
            {t('refuse')}
          </Button>
        </>
      )}
      {typing === 'allowed' && (
        <Button size="sm" onClick={() => allow(false)}>
          {t('stop')}
        </Button>
      )}
    </Strip>
  )
}

function Told({ message, onRead }: { message: ClassMessage; onRead: () => void }) {
  const t = useTranslations('company')
  return (
    <Strip tone="accent" Icon={Megaphone} data-told-by={message.by}>
      <p className="min-w-0 flex-1 whitespace-pre-wrap break-words">
        <span className="font-medium text-ink">{t('told', { name: message.by })}</span>{' '}
        <span className="text-ink-quiet tabular-nums">{clock(message.at)}</span> {message.text}
      </p>
      <Button
        variant="ghost"
        size="icon"
        className="size-7"
        aria-label={t('dismiss')}
        title={t('dismiss')}
        onClick={onRead}
      >
        <X />
      </Button>
    </Strip>
  )
}

function Kept({ until, by }: { until: number; by: string }) {
  const t = useTranslations('company')
  return (
    <Strip tone="quiet" Icon={Clock}>
      <span>{t('kept', { name: by, time: clockMinutes(until) })}</span>
    </Strip>
  )
}

const TONES = { accent: 'bg-accent-wash text-ink', warn: 'bg-warn-wash text-warn', quiet: 'bg-chrome text-ink-quiet' }

function Strip(props: {
  tone: keyof typeof TONES
  Icon: typeof Eye
  children: ReactNode
  [data: `data-${string}`]: string
}) {
  const { tone, Icon, children, ...data } = props
  return (
    <div
      className={cn(
        'flex min-h-9 flex-wrap items-center gap-x-2.5 gap-y-1 border-b px-4 py-1 text-[13px]',
        TONES[tone],
      )}
      {...data}
    >
      <Icon aria-hidden className="size-4 shrink-0" />
      {children}
    </div>
  )
}

/** An instructor's notes at a step. */
export function Notes({ step }: { step: string }) {
  const { state } = useLive()
  const t = useTranslations('company')
  const notes = state?.notes.filter((note) => note.step === step) ?? []
  if (notes.length === 0) return null
  return (
    <ul className="list-none! space-y-2 pl-0!">
      {notes.map((note) => (
        <li key={note.seq} className="rounded-md border border-accent/40 bg-accent-wash px-3 py-2 text-sm" data-note>
          <p className="text-[12.5px] text-ink-quiet">
            {t('note', { name: note.by })} · <span className="tabular-nums">{clockMinutes(note.at)}</span>
          </p>
          <p className="mt-0.5 whitespace-pre-wrap break-words text-ink leading-snug">{note.text}</p>
        </li>
      ))}
    </ul>
  )
}
