'use client'
import { BookOpenText, FileCode, ListChecks, SquareTerminal, Workflow } from 'lucide-react'
import { type ReactNode, useCallback, useEffect, useState } from 'react'
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels'
import { useTranslations } from 'use-intl'
import { ClusterBar, ClusterPanel } from '#components/cluster/cluster-panel.tsx'
import { LazyEditor } from '#components/editor/lazy-editor.tsx'
import { useHasOpenFiles } from '#components/editor/use-editor.ts'
import { useInspectorView, usePanelTab } from '#components/inspector/use-inspector.ts'
import { Timeline } from '#components/timeline/timeline.tsx'
import { cn } from '#components/ui/cn.ts'
import { ChecksPanel } from './checks-panel.tsx'
import { Company } from './company.tsx'
import { DIVIDER } from './divider.ts'
import { isOver } from './live-client.ts'
import { useLab, useLive } from './live-context.tsx'
import { countPassed } from './step-view.ts'
import { Terminals } from './terminals.tsx'
import { useStoredFlag } from './use-stored.ts'
import { useWide } from './use-wide.ts'

const ROW = ['learning', 'lab']
const LEARNING = ['lesson', 'checks']
const LAB = ['terminals']
const LAB_WITH_CLUSTER = ['cluster', 'terminals']

type Pane = 'lesson' | 'checks' | 'cluster' | 'files' | 'terminal'

/**
 * What is learnt (lesson, checks) beside what is done (cluster, terminals), the timeline below both; on a small screen
 * one of them at a time.
 */
export function Workbench(props: { title: string; anchors: string[]; lesson: ReactNode }) {
  const { title, anchors, lesson } = props
  const wide = useWide()
  const [pane, setPane] = useState<Pane>('lesson')
  const { brought } = useLive()
  const { brought: broughtToPanel, tab } = useInspectorView()
  const t = useTranslations('workbench')

  // A click to run in the lesson shows where the command went; one that leads to the metadata log or to a file shows that.
  useEffect(() => {
    if (brought > 0) setPane('terminal')
  }, [brought])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tab that it was brought to, not one that is chosen later
  useEffect(() => {
    if (broughtToPanel > 0) setPane(tab === 'files' ? 'files' : 'cluster')
  }, [broughtToPanel])

  const leaveTerminal = useCallback(() => {
    document.querySelector<HTMLElement>('[data-checks-panel] button')?.focus()
  }, [])
  const showInLesson = useCallback((anchor: string) => {
    setPane('lesson')
    requestAnimationFrame(() => document.getElementById(anchor)?.scrollIntoView({ block: 'start', behavior: 'smooth' }))
  }, [])

  const reading = (
    <section aria-label={t('lesson')} tabIndex={-1} data-reading className="h-full overflow-y-auto outline-none">
      {lesson}
    </section>
  )
  const terminals = <Terminals onLeave={leaveTerminal} />
  const checks = <ChecksPanel anchors={anchors} onShowInLesson={showInLesson} />
  return (
    <main id="content" tabIndex={-1} className="flex min-h-0 flex-1 flex-col outline-none">
      <Company />
      {wide ? (
        <Wide reading={reading} terminals={terminals} checks={checks} />
      ) : (
        <>
          {pane !== 'lesson' && <h1 className="sr-only">{title}</h1>}
          <div className={cn('min-h-0 flex-1', pane !== 'lesson' && 'hidden')}>{reading}</div>
          <div className={cn('min-h-0 flex-1', pane !== 'checks' && 'hidden')}>{checks}</div>
          <div className={cn('flex min-h-0 flex-1 flex-col', pane !== 'cluster' && 'hidden')}>
            <NoRoomYet />
            <ClusterBar open onOpen={null} />
            <div className="min-h-0 flex-1">
              <ClusterPanel />
            </div>
            <Timeline />
          </div>
          {pane === 'files' && (
            <div className="min-h-0 flex-1">
              <FilesPane />
            </div>
          )}
          <section aria-label={t('lab')} className={cn('min-h-0 flex-1', pane !== 'terminal' && 'hidden')}>
            {terminals}
          </section>
          <PaneSwitch pane={pane} onChange={setPane} />
        </>
      )}
    </main>
  )
}

/** The cluster's place before there is one. */
function NoRoomYet() {
  const { state } = useLive()
  const t = useTranslations('workbench')
  if (state?.room.status === 'ready') return null
  return <p className="p-6 text-[15px] text-ink-quiet">{state && isOver(state) ? state.room.says : t('noCluster')}</p>
}

/** The files' place, where it is one of its own. */
function FilesPane() {
  const { state } = useLive()
  const hasOpenFiles = useHasOpenFiles()
  const t = useTranslations('workbench')
  const over = isOver(state)
  if (state?.room.status === 'ready' || (over && hasOpenFiles)) return <LazyEditor />
  return <p className="p-6 text-[15px] text-ink-quiet">{state && over ? state.room.says : t('noFiles')}</p>
}

function Wide(props: { reading: ReactNode; terminals: ReactNode; checks: ReactNode }) {
  const { outline } = useLab()
  const { state } = useLive()
  // With one node a line says it all; with several the panel is what the lab is about.
  const many = outline.hosts.length > 1
  const [opened, setOpened] = useStoredFlag(`kraftlab.cluster.${many ? 'many' : 'one'}`, many)
  const files = outline.editor !== null
  const tab = usePanelTab(files)
  const hasOpenFiles = useHasOpenFiles()
  // What was typed can still be copied when the room has ended.
  const open = opened && (state?.room.status === 'ready' || (tab === 'files' && hasOpenFiles && isOver(state)))
  const { brought } = useInspectorView()
  useEffect(() => {
    if (brought > 0) setOpened(true)
  }, [brought, setOpened])
  const row = useDefaultLayout({ id: `kraftlab.row.${many ? 'many' : 'one'}`, panelIds: ROW, storage: browserStorage })
  const learning = useDefaultLayout({ id: 'kraftlab.learning', panelIds: LEARNING, storage: browserStorage })
  const lab = useDefaultLayout({
    id: `kraftlab.lab.${many ? 'many' : 'one'}`,
    panelIds: open ? LAB_WITH_CLUSTER : LAB,
    storage: browserStorage,
  })
  const t = useTranslations('workbench')
  return (
    <>
      <Group orientation="horizontal" className="min-h-0 flex-1" {...row}>
        <Panel id="learning" defaultSize={many ? '38%' : '44%'} minSize="320px" className="max-lg:basis-full!">
          <Group orientation="vertical" {...learning}>
            <Panel id="lesson" minSize="160px">
              {props.reading}
            </Panel>
            <Separator className={DIVIDER} aria-label={t('dividerChecks')} />
            <Panel id="checks" defaultSize="30%" minSize="40px">
              {props.checks}
            </Panel>
          </Group>
        </Panel>
        <Separator className={DIVIDER} aria-label={t('divider')} />
        <Panel id="lab" minSize="420px" className="max-lg:hidden">
          <section aria-label={t('lab')} className="flex h-full min-h-0 flex-col">
            <ClusterBar open={open} onOpen={setOpened} files={files} />
            <Group orientation="vertical" className="min-h-0 flex-1" {...lab}>
              {open && (
                <Panel key="cluster" id="cluster" defaultSize="48%" minSize="120px">
                  <ClusterPanel files={files} />
                </Panel>
              )}
              {open && <Separator key="divider" className={DIVIDER} aria-label={t('dividerCluster')} />}
              <Panel key="terminals" id="terminals" minSize="120px">
                {props.terminals}
              </Panel>
            </Group>
          </section>
        </Panel>
      </Group>
      <Timeline />
    </>
  )
}

function PaneSwitch({ pane, onChange }: { pane: Pane; onChange: (pane: Pane) => void }) {
  const { steps } = useLive()
  const { editor } = useLab().outline
  const t = useTranslations('workbench')
  const { passed, all } = countPassed(steps)
  const panes = [
    { id: 'lesson', name: t('lesson'), Icon: BookOpenText },
    { id: 'checks', name: t('checks', { passed, all }), Icon: ListChecks },
    { id: 'cluster', name: t('cluster'), Icon: Workflow },
    ...(editor ? [{ id: 'files', name: t('files'), Icon: FileCode } as const] : []),
    { id: 'terminal', name: t('terminal'), Icon: SquareTerminal },
  ] as const
  return (
    <nav
      aria-label={t('panes')}
      className={cn(
        'grid shrink-0 border-t bg-chrome pb-[env(safe-area-inset-bottom)]',
        editor ? 'grid-cols-5' : 'grid-cols-4',
      )}
    >
      {panes.map(({ id, name, Icon }) => (
        <button
          key={id}
          type="button"
          aria-pressed={pane === id}
          onClick={() => onChange(id)}
          className={cn(
            'flex h-13 items-center justify-center gap-x-2 border-t-2 font-medium text-[13px] outline-offset-[-2px] max-sm:flex-col max-sm:gap-0.5 max-sm:text-[12px]',
            pane === id ? 'border-accent text-ink' : 'border-transparent text-ink-quiet',
          )}
        >
          <Icon className="size-4" aria-hidden />
          {name}
        </button>
      ))}
    </nav>
  )
}

/** The layout is read while the server renders too. */
const browserStorage = {
  getItem: (key: string) => (typeof localStorage === 'undefined' ? null : localStorage.getItem(key)),
  setItem: (key: string, value: string) => localStorage.setItem(key, value),
}
