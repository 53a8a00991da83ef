'use client'
/** A class at one lab, as it happens. */
import { useRouter } from 'next/navigation'
import { useDeferredValue, useEffect, useState, useSyncExternalStore } from 'react'
import { useTranslations } from 'use-intl'
import { Choice } from '#components/ui/choice.tsx'
import { cn } from '#components/ui/cn.ts'
import { Notice } from '#components/ui/notice.tsx'
import { TextLink } from '#components/ui/text-link.tsx'
import { useStoredFlag } from '#components/workbench/use-stored.ts'
import { BoardClient, type BoardSnapshot } from './board-client.ts'
import { BoardTable } from './board-table.tsx'
import { ClassDeeds } from './class-deeds.tsx'
import { DrillOutcomes } from './drill-outcomes.tsx'
import { byNeed, counted, LOOKS, SHOWN, type Shown, shownOf } from './standings.ts'

export function LiveBoard(props: {
  classId: string
  lab: string
  labs: { slug: string; title: string }[]
  mayAct: boolean
}) {
  const { classId, lab, labs, mayAct } = props
  const router = useRouter()
  const [client] = useState(() => new BoardClient(classId, lab))
  useEffect(() => {
    client.open()
    return () => client.close()
  }, [client])
  const snapshot = useSyncExternalStore(client.subscribe, client.getSnapshot, client.getServerSnapshot)
  const t = useTranslations('board')
  const { board, connection } = snapshot
  const rooms = board?.rows.filter(({ live }) => live).length ?? 0
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <Choice
          label={t('lab')}
          value={lab}
          size="md"
          strong
          onChange={(slug) => router.replace(`/classes/${classId}/live?lab=${slug}`)}
        >
          {labs.map(({ slug, title }) => (
            <option key={slug} value={slug}>
              {title}
            </option>
          ))}
        </Choice>
        <span className="ml-auto flex gap-2">
          {mayAct && <ClassDeeds client={client} rooms={rooms} disabled={connection !== 'open'} />}
        </span>
      </div>
      <Said snapshot={snapshot} />
      {board ? (
        <Learners classId={classId} board={board} />
      ) : (
        connection !== 'refused' && <p className="mt-8 text-ink-quiet">{t('connecting')}</p>
      )}
    </>
  )
}

/** What came of the newest deed, and what is the matter with the connection. */
function Said({ snapshot: { connection, done, problem } }: { snapshot: BoardSnapshot }) {
  const t = useTranslations('board')
  return (
    <div role="status" className="space-y-2 empty:hidden [&>*]:mt-4">
      {connection === 'lost' && <Notice tone="bad">{t('reconnecting')}</Notice>}
      {connection === 'refused' && (
        <Notice tone="bad">
          {t('refused')} {t('reload')}
        </Notice>
      )}
      {problem && <Notice tone="bad">{problem}</Notice>}
      {done && !problem && (
        <Notice tone="good" key={done.number}>
          {t(done.what === 'tell' ? 'sent' : 'ran', { count: done.learners })}
        </Notice>
      )}
    </div>
  )
}

function Learners({ classId, board }: { classId: string; board: NonNullable<BoardSnapshot['board']> }) {
  const t = useTranslations('board')
  const [only, setOnly] = useState<Shown | null>(null)
  const [needFirst, setNeedFirst] = useStoredFlag('kraftlab.board-need', false)
  // Typing and scrolling come before rows that have just changed.
  const deferred = useDeferredValue(board)
  const counts = counted(deferred.rows)
  const kept = only === null ? deferred.rows : deferred.rows.filter((row) => shownOf(row) === only)
  const rows = needFirst ? byNeed(kept) : kept
  if (board.rows.length === 0)
    return (
      <p className="mt-8 border-y py-8 text-ink-soft">
        {t('noLearners')} <TextLink href={`/classes/${classId}/settings`}>{t('invite')}</TextLink>
      </p>
    )
  return (
    <>
      <div className="mt-5 mb-3 flex flex-wrap items-center gap-x-1.5 gap-y-2">
        <fieldset className="flex flex-wrap gap-1.5">
          <legend className="sr-only">{t('filter')}</legend>
          {SHOWN.map((shown) => {
            const { Icon, ink, wash } = LOOKS[shown]
            const count = counts[shown]
            return (
              <button
                key={shown}
                type="button"
                aria-pressed={only === shown}
                data-count={shown}
                onClick={() => setOnly(only === shown ? null : shown)}
                className={cn(
                  'inline-flex h-8 items-center gap-1.5 rounded-full border px-3 text-[13px] tabular-nums',
                  count > 0 ? [ink, wash] : 'text-ink-quiet',
                  only === shown ? 'border-current font-medium' : 'border-transparent hover:border-line-strong',
                )}
              >
                <Icon aria-hidden className="size-3.5" />
                {t('legend', { count, is: t(`is.${shown}`) })}
              </button>
            )
          })}
        </fieldset>
        <Choice
          label={t('sort')}
          value={needFirst ? 'need' : 'name'}
          className="ml-auto"
          onChange={(value) => setNeedFirst(value === 'need')}
        >
          <option value="name">{t('byName')}</option>
          <option value="need">{t('byNeed')}</option>
        </Choice>
      </div>
      <BoardTable board={deferred} rows={rows} base={`/classes/${classId}/live/${board.lab.slug}`} />
      <DrillOutcomes board={deferred} />
    </>
  )
}
