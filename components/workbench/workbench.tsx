'use client'
import { BookOpenText, ListChecks, SquareTerminal } from 'lucide-react'
import { type ReactNode, useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels'
import { useTranslations } from 'use-intl'
import { cn } from '#components/ui/cn.ts'
import { ChecksPanel } from './checks-panel.tsx'
import { useLive } from './live-context.tsx'
import { NodeStatus } from './node-status.tsx'
import { countPassed } from './step-view.ts'
import { Terminals } from './terminals.tsx'

/** From here on lesson and terminals stand side by side. */
const WIDE = '(min-width: 1024px)'
const COLUMN = ['terminals', 'checks']
const ROW = ['lesson', 'lab']

type Pane = 'lesson' | 'checks' | 'terminal'

/** The lesson beside terminals and checks; on a small screen one of them at a time. */
export function Workbench(props: { title: string; anchors: string[]; lesson: ReactNode }) {
  const { title, anchors, lesson } = props
  const wide = useSyncExternalStore(
    subscribeWide,
    () => matchMedia(WIDE).matches,
    () => true,
  )
  const [pane, setPane] = useState<Pane>('lesson')
  const { brought } = useLive()
  const t = useTranslations('workbench')

  // A click to run in the lesson shows where the command went.
  useEffect(() => {
    if (brought > 0) setPane('terminal')
  }, [brought])

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
      {wide ? (
        <Wide reading={reading} terminals={terminals} checks={checks} />
      ) : (
        <>
          {pane !== 'lesson' && <h1 className="sr-only">{title}</h1>}
          <div className={cn('min-h-0 flex-1', pane !== 'lesson' && 'hidden')}>{reading}</div>
          <div className={cn('flex min-h-0 flex-1 flex-col', pane !== 'checks' && 'hidden')}>
            <div className="min-h-0 flex-1">{checks}</div>
            <NodeStatus />
          </div>
          <section aria-label={t('lab')} className={cn('min-h-0 flex-1', pane !== 'terminal' && 'hidden')}>
            {terminals}
          </section>
          <PaneSwitch pane={pane} onChange={setPane} />
        </>
      )}
    </main>
  )
}

function Wide(props: { reading: ReactNode; terminals: ReactNode; checks: ReactNode }) {
  const row = useDefaultLayout({ id: 'kraftlab.row', panelIds: ROW, storage: browserStorage })
  const aside = useDefaultLayout({ id: 'kraftlab.aside', panelIds: COLUMN, storage: browserStorage })
  const t = useTranslations('workbench')
  return (
    <Group orientation="horizontal" className="min-h-0 flex-1" {...row}>
      <Panel id="lesson" defaultSize="44%" minSize="320px" className="max-lg:basis-full!">
        {props.reading}
      </Panel>
      <Separator className={DIVIDER} aria-label={t('divider')} />
      <Panel id="lab" minSize="420px" className="max-lg:hidden">
        <section aria-label={t('lab')} className="flex h-full min-h-0 flex-col">
          <Group orientation="vertical" className="min-h-0 flex-1" {...aside}>
            <Panel id="terminals" minSize="160px">
              {props.terminals}
            </Panel>
            <Separator className={DIVIDER} aria-label={t('dividerChecks')} />
            <Panel id="checks" defaultSize="36%" minSize="40px">
              {props.checks}
            </Panel>
          </Group>
          <NodeStatus />
        </section>
      </Panel>
    </Group>
  )
}

const DIVIDER =
  'relative bg-line transition-colors hover:bg-accent data-[separator=active]:bg-accent focus-visible:bg-accent aria-[orientation=vertical]:w-px aria-[orientation=horizontal]:h-px'

function PaneSwitch({ pane, onChange }: { pane: Pane; onChange: (pane: Pane) => void }) {
  const { steps } = useLive()
  const t = useTranslations('workbench')
  const { passed, all } = countPassed(steps)
  const panes = [
    { id: 'lesson', name: t('lesson'), Icon: BookOpenText },
    { id: 'checks', name: t('checks', { passed, all }), Icon: ListChecks },
    { id: 'terminal', name: t('terminal'), Icon: SquareTerminal },
  ] as const
  return (
    <nav
      aria-label={t('panes')}
      className="grid shrink-0 grid-cols-3 border-t bg-chrome pb-[env(safe-area-inset-bottom)]"
    >
      {panes.map(({ id, name, Icon }) => (
        <button
          key={id}
          type="button"
          aria-pressed={pane === id}
          onClick={() => onChange(id)}
          className={cn(
            'flex h-13 items-center justify-center gap-2 border-t-2 font-medium text-[13px] outline-offset-[-2px]',
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

function subscribeWide(listener: () => void): () => void {
  const query = matchMedia(WIDE)
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}

/** The layout is read while the server renders too. */
const browserStorage = {
  getItem: (key: string) => (typeof localStorage === 'undefined' ? null : localStorage.getItem(key)),
  setItem: (key: string, value: string) => localStorage.setItem(key, value),
}
