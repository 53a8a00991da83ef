'use client'
import { LoaderCircle, Play, RotateCw, SquareTerminal } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'
import type { LabSessionState } from '#labs/protocol/live.ts'
import { useLab, useLive } from './live-context.tsx'

/** Where one types who has not chosen: a host without a node, such as `client`, where the lab has one. */
export const usualHost = ({ otherHosts, hosts }: LabSessionState): string => otherHosts[0]?.host ?? hosts[0] ?? ''

/** In place of a terminal: what is the matter with the room and what to do next. */
export function RoomState() {
  const { state, connection } = useLive()
  const { outline, start, asking, refusal, client } = useLab()
  const t = useTranslations('room')
  const again = (
    <Button variant="primary" onClick={start} disabled={asking}>
      <RotateCw aria-hidden />
      {t('again')}
    </Button>
  )

  if (state?.room.status === 'failed') return <Notice title={t('failed')} text={state.room.says} action={again} />
  if (state?.room.status === 'ended') return <Notice title={t('ended')} text={state.room.says} action={again} />
  if (state?.room.status === 'ready')
    return (
      <Notice
        title={t('noTerminal')}
        text={t('noTerminalText')}
        action={
          <Button variant="primary" onClick={() => client.openTerminal(usualHost(state))}>
            <SquareTerminal aria-hidden />
            {t('openTerminal')}
          </Button>
        }
      />
    )
  if (state?.replay) {
    const { step, done, of, doing, cancelled } = state.replay
    const title = state.steps.find(({ id }) => id === step)?.title ?? step
    return (
      <Notice
        busy
        title={t('replaying', { step: title })}
        text={of === 0 ? t('startingText', { seconds: outline.startSeconds }) : t('replayingText', { done, of })}
        details={doing ? [doing] : undefined}
        action={
          <Button disabled={cancelled || of === 0} onClick={() => client.send({ type: 'step.reset.cancel' })}>
            {t('stopReplay')}
          </Button>
        }
      />
    )
  }
  if (asking || connection !== 'idle' || state?.room.status === 'starting')
    return (
      <Notice
        busy
        title={connection === 'idle' ? t('asking') : t('starting')}
        text={t('startingText', { seconds: outline.startSeconds })}
      />
    )
  return (
    <Notice
      title={outline.title}
      text={t('what', {
        hosts: outline.hosts.length,
        names: outline.hosts.join(', '),
        seconds: outline.startSeconds,
      })}
      details={[t('alone'), t('kept'), t('idle', { minutes: outline.idleMinutes })]}
      problem={refusal}
      action={
        <Button variant="primary" size="lg" onClick={start}>
          <Play aria-hidden />
          {t('start')}
        </Button>
      }
    />
  )
}

function Notice(props: {
  title: string
  text: string
  details?: string[]
  problem?: string | null
  action?: ReactNode
  busy?: boolean
}) {
  return (
    <div className="absolute inset-0 z-10 overflow-y-auto bg-page">
      <div className="flex min-h-full flex-col items-start justify-center px-8 py-6 sm:px-12">
        <div role="status" className="max-w-md">
          <p className="flex items-center gap-2.5 font-semibold text-ink text-lg">
            {props.busy && <LoaderCircle className="size-4.5 animate-spin text-accent" aria-hidden />}
            {props.title}
          </p>
          <p className="mt-1.5 text-[15px] text-ink-soft leading-relaxed">{props.text}</p>
        </div>
        {props.details && (
          <ul className="mt-4 max-w-md space-y-1.5 border-l-2 pl-4 text-ink-quiet text-sm leading-relaxed">
            {props.details.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        )}
        {props.problem && (
          <p role="alert" className="mt-4 max-w-md rounded-md bg-bad-wash px-3 py-2 text-bad text-sm">
            {props.problem}
          </p>
        )}
        {props.action && <div className="mt-6">{props.action}</div>}
      </div>
    </div>
  )
}
