'use client'
import { createContext, type ReactNode, use, useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { useTranslations } from 'use-intl'
import { signInAsGuest } from '#components/guest.ts'
import type { LabOutline } from '#lessons/lab-outline.ts'
import { LiveClient, type LiveSnapshot } from './live-client.ts'
import { type PastPasses, type StepView, viewSteps } from './step-view.ts'

type Lab = {
  client: LiveClient
  /** the learner's own page: an instructor's has nothing that acts on the room */
  isOwn: boolean
  outline: LabOutline
  pastPasses: PastPasses
  /** starting, or why it could not be */
  start: () => Promise<void>
  /** ends the room for good */
  end: () => Promise<void>
  asking: boolean
  refusal: string | null
}

const LabContext = createContext<Lab | null>(null)

/** What the lesson's parts share: the room of this page, if the lesson has a lab. */
export function LabProvider(props: {
  outline: LabOutline
  /** a lab session of this learner whose room still runs */
  session: string | null
  pastPasses: PastPasses
  /** an instructor looks, who teaches the learner in this class */
  taughtIn?: string
  children: ReactNode
}) {
  const { outline, pastPasses, session, taughtIn = null } = props
  const t = useTranslations('room')
  const [client] = useState(() => new LiveClient(taughtIn))
  const [asking, setAsking] = useState(false)
  const [refusal, setRefusal] = useState<string | null>(null)

  useEffect(() => {
    if (session) client.connect(session)
    return () => client.close()
  }, [client, session])

  const lab = useMemo((): Lab => {
    const ask = async (what: () => Promise<void>) => {
      setAsking(true)
      setRefusal(null)
      try {
        await what()
      } catch (error) {
        setRefusal(error instanceof Error && error.message ? error.message : t('unreachable'))
      } finally {
        setAsking(false)
      }
    }
    return {
      client,
      isOwn: taughtIn === null,
      outline,
      pastPasses,
      asking,
      refusal,
      start: () =>
        ask(async () => {
          await signInAsGuest()
          const { id } = await gateway<{ id: string }>('POST', '/gateway/lab-sessions', { lab: outline.slug })
          client.connect(id)
        }),
      end: () =>
        ask(async () => {
          await gateway('DELETE', `/gateway/lab-sessions/${client.getSnapshot().session}`)
        }),
    }
  }, [client, taughtIn, outline, pastPasses, asking, refusal, t])

  return <LabContext value={lab}>{props.children}</LabContext>
}

export const useOptionalLab = (): Lab | null => use(LabContext)

export function useLab(): Lab {
  const lab = useOptionalLab()
  if (!lab) throw new Error('useLab outside of a lesson with a lab')
  return lab
}

const noClient = new LiveClient()

/** Null outside of a lesson with a lab. */
export function useOptionalLive(): (LiveSnapshot & { steps: StepView[] }) | null {
  const lab = useOptionalLab()
  const client = lab?.client ?? noClient
  const snapshot = useSyncExternalStore(client.subscribe, client.getSnapshot, client.getServerSnapshot)
  const { state } = snapshot
  return useMemo(
    () => lab && { ...snapshot, steps: viewSteps(lab.outline, state, lab.pastPasses) },
    [lab, snapshot, state],
  )
}

/** Whether the learner's room can be told something now. */
export const isAtWork = (live: LiveSnapshot | null): boolean =>
  live?.state?.room.status === 'ready' && live.connection === 'open'

export function useLive(): LiveSnapshot & { steps: StepView[] } {
  const live = useOptionalLive()
  if (!live) throw new Error('useLive outside of a lesson with a lab')
  return live
}

/** @throws Error whose message is the gateway's sentence for the learner */
async function gateway<Answer>(method: string, path: string, body?: unknown): Promise<Answer | never> {
  const response = await fetch(path, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const answer = (await response.json().catch(() => null)) as (Answer & { message?: string }) | null
  if (!response.ok) throw new Error(answer?.message ?? '')
  return answer as Answer
}
