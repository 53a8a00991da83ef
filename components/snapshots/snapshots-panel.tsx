'use client'
import { RotateCw } from 'lucide-react'
import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { useTranslations } from 'use-intl'
import { bytesOf } from '#components/inspector/bytes.ts'
import { type Asked, keyOfComparison, keyOfSource } from '#components/inspector/state-store.ts'
import { useInspectorView, useStates } from '#components/inspector/use-inspector.ts'
import { Button } from '#components/ui/button.tsx'
import { Choice } from '#components/ui/choice.tsx'
import { clock, number } from '#components/workbench/format.ts'
import { useLab, useLive } from '#components/workbench/live-context.tsx'
import type { StateSource, StateView } from '#labs/protocol/log.ts'
import { Counts } from './counts.tsx'
import { Proof } from './proof.tsx'
import type { HostSnapshots, SnapshotFilesState } from './snapshot-files.ts'
import { changedNodes, stateNodes } from './state-nodes.ts'
import { StateTree } from './state-tree.tsx'
import { endOf, type StateWords, useStateWords } from './use-state-words.ts'

const LIVE: StateSource = { of: 'live' }
/** The live state is a whole tree each time. */
const NOW_EVERY_MS = 5_000

/** Any snapshot of any host, or the state as it is now, as a tree; two of them compared; one held against what was seen. */
export function SnapshotsPanel() {
  const { inspector } = useLab().client
  const { states } = inspector
  const view = useInspectorView()
  const known = useStates()
  const words = useStateWords()
  const t = useTranslations('inspector')
  const { hosts, whole } = useSnapshotFiles()
  const { leads } = useHosts()

  const { state, before } = view
  // The newest one of the leader is what is looked at first, and it stays.
  useEffect(() => {
    if (state !== null || !whole) return
    const first = hosts.find(({ host }) => host === leads)?.files[0] ?? null
    const shown: StateSource = first && leads ? { of: 'snapshot', host: leads, file: first.name } : LIVE
    inspector.showState(shown, null)
  }, [state, whole, hosts, leads, inspector])

  // The later one is what is shown, with what differs from the earlier one.
  const [was, is] = state && before && isLater(before, state) ? [state, before] : [before, state]
  const shownKey = is && keyOfSource(is)
  const comparedKey = was && is && keyOfComparison(was, is)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the keys stand for the sources
  useEffect(() => {
    if (is && (is.of === 'live' || !known.views.get(keyOfSource(is))?.answer)) states.read(is)
    if (was && is) states.compare(was, is)
    if (is?.of !== 'live') return
    // What is called now is to be it.
    const timer = setInterval(() => {
      if (document.visibilityState !== 'visible') return
      if (was) states.compare(was, is)
      else states.read(is)
    }, NOW_EVERY_MS)
    return () => clearInterval(timer)
  }, [shownKey, comparedKey, states])

  const shown = shownKey === null ? undefined : known.views.get(shownKey)
  const compared = comparedKey === null ? undefined : known.comparisons.get(comparedKey)
  const tree = shown?.answer?.tree ?? null
  const changes = compared?.answer?.changes ?? null
  const nodes = useMemo(
    () => (comparedKey === null ? tree && stateNodes(tree, []) : changes && changedNodes(changes)),
    [tree, changes, comparedKey],
  )
  const again = () => {
    if (is) states.read(is)
    if (was && is) states.compare(was, is)
  }
  const pending = shown?.pending === true || compared?.pending === true
  const problem = shown?.problem ?? compared?.problem ?? null

  return (
    <section aria-label={t('snapshots')} className="@container flex h-full min-h-0 flex-col bg-page" data-snapshots>
      <div className="grid shrink-0 @md:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto] grid-cols-[minmax(0,1fr)_auto] items-center gap-1 border-b px-2 py-1">
        <SourceChoice
          label={t('state')}
          source={state ?? LIVE}
          hosts={hosts}
          words={words}
          onChange={(next) =>
            next && inspector.showState(next, before && keyOfSource(before) === keyOfSource(next) ? null : before)
          }
          strong
        />
        <SourceChoice
          label={t('compareWith')}
          source={before}
          hosts={hosts}
          words={words}
          without={state}
          onChange={(next) => state && inspector.showState(state, next)}
          className="@max-md:order-last @max-md:col-span-2"
        />
        <Button
          variant="ghost"
          size="sm"
          className="h-6.5 px-2"
          aria-label={t('refresh')}
          title={t('refresh')}
          disabled={pending || is === null}
          onClick={again}
        >
          <RotateCw aria-hidden />
        </Button>
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto [scrollbar-width:thin]" aria-busy={pending}>
        {whole && hosts.every(({ files }) => files.length === 0) && (
          <p className="border-b bg-chrome px-3.5 py-2 text-[12.5px] text-ink-quiet">{t('noSnapshotsAnywhere')}</p>
        )}
        {state?.of === 'snapshot' && before === null && (
          <Proof key={keyOfSource(state)} host={state.host} file={state.file} words={words} />
        )}
        {was && is && (
          <div
            className="flex flex-wrap items-center gap-x-4 gap-y-0.5 border-b bg-chrome px-3.5 py-1.5"
            data-compared={compared?.answer ? 'done' : 'pending'}
          >
            <h3 className="font-semibold text-[12.5px] text-ink">
              {t('comparedTitle', { before: words.source(was), after: words.source(is) })}
            </h3>
            {compared?.answer && <Counts changes={compared.answer.changes} left={compared.answer.left} />}
          </div>
        )}
        {problem !== null && (
          <p role="alert" className="flex items-center gap-3 px-3.5 py-2 text-[13px] text-warn">
            {problem || t('noAnswer')}
            <Button size="sm" className="h-6.5" onClick={again}>
              {t('again')}
            </Button>
          </p>
        )}
        {nodes === null && problem === null && <p className="px-3.5 py-2 text-[13px] text-ink-quiet">{t('reading')}</p>}
        {nodes && is && (comparedKey === null || nodes.length > 0) && (
          <>
            {comparedKey === null && <Facts asked={shown} />}
            <StateTree
              key={`${shownKey} ${comparedKey}`}
              nodes={nodes}
              label={
                was
                  ? t('treeOfDifferences', { before: words.source(was), after: words.source(is) })
                  : t('treeOf', { what: words.source(is) })
              }
              words={words}
            />
          </>
        )}
      </div>
    </section>
  )
}

/** Where in the log this state is. */
function Facts({ asked }: { asked: Asked<StateView> | undefined }) {
  const t = useTranslations('inspector')
  const view = asked?.answer
  if (!view) return null
  return (
    <div className="border-b px-3.5 py-1 text-[12px] text-ink-quiet tabular-nums" data-facts={view.endOffset}>
      {t('stateFacts', {
        records: view.records,
        offset: number(view.endOffset),
        epoch: String(view.epoch ?? '?'),
      })}
      {view.timestamp !== null && <span> · {clock(view.timestamp)}</span>}
      {view.says !== '' && <p className="text-warn">{view.says}</p>}
    </div>
  )
}

/** The state now and the snapshots of all hosts, newest first; without a source it may be none. */
function SourceChoice(props: {
  label: string
  source: StateSource | null
  hosts: HostSnapshots[]
  words: StateWords
  onChange: (source: StateSource | null) => void
  /** what is compared with: the same would differ in nothing */
  without?: StateSource | null
  strong?: boolean
  className?: string
}) {
  const { source, hosts, without } = props
  const t = useTranslations('inspector')
  const optional = without !== undefined
  const isThere =
    source?.of !== 'snapshot' ||
    hosts.some(({ host, files }) => host === source.host && files.some(({ name }) => name === source.file))
  const isOther = (one: StateSource) => !without || keyOfSource(one) !== keyOfSource(without)
  return (
    <Choice
      label={props.label}
      value={source ? keyOfSource(source) : ''}
      onChange={(key) => props.onChange(sourceOf(key))}
      strong={props.strong}
      chosen={optional && source !== null}
      className={props.className}
    >
      {optional && <option value="">{t('compareWithNone')}</option>}
      {isOther(LIVE) && <option value={keyOfSource(LIVE)}>{t(optional ? 'withLive' : 'live')}</option>}
      {source?.of === 'snapshot' && !isThere && (
        <option value={keyOfSource(source)}>
          {t('snapshotGone', { host: source.host, offset: String(endOf(source.file)) })}
        </option>
      )}
      {hosts.map(({ host, files }) => (
        <optgroup key={host} label={files.length > 0 ? t('states', { host }) : t('noSnapshotsYet', { host })}>
          {files
            .map((file) => ({ file, one: { of: 'snapshot', host, file: file.name } as const }))
            .filter(({ one }) => isOther(one))
            .map(({ file, one }) => (
              <option key={file.name} value={keyOfSource(one)}>
                {t(optional ? 'withSnapshot' : 'snapshotOption', {
                  host,
                  offset: String(file.offset),
                  epoch: String(file.epoch ?? '?'),
                  size: bytesOf(file.bytes),
                })}
              </option>
            ))}
        </optgroup>
      ))}
    </Choice>
  )
}

/** The other way of keyOfSource: neither a host nor a file's name has a space. */
function sourceOf(key: string): StateSource | null {
  if (key === '') return null
  const [host, file] = key.split(' ')
  return host !== undefined && file !== undefined ? { of: 'snapshot', host, file } : LIVE
}

const isLater = (one: StateSource, other: StateSource): boolean =>
  other.of !== 'live' && (one.of === 'live' || endOf(one.file) > endOf(other.file))

function useHosts(): { hosts: string[]; leads: string | null } {
  const nodes = useLive().state?.clusters.flatMap((cluster) => cluster.nodes) ?? []
  return { hosts: nodes.map(({ host }) => host), leads: nodes.find((node) => node.leads)?.host ?? null }
}

/** Asked for as long as this is mounted and the page is visible. */
function useSnapshotFiles(): SnapshotFilesState {
  const { files } = useLab().client.inspector
  const wanted = useHosts().hosts.join(' ')
  useEffect(() => {
    const look = () => files.look(document.visibilityState === 'visible' && wanted !== '' ? wanted.split(' ') : [])
    look()
    document.addEventListener('visibilitychange', look)
    return () => {
      document.removeEventListener('visibilitychange', look)
      files.look([])
    }
  }, [files, wanted])
  return useSyncExternalStore(files.subscribe, files.getSnapshot, files.getServerSnapshot)
}
