'use client'
import { Eye, Keyboard } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import { Tab, Tabs, TabsList, TabsPanel } from '#components/ui/tabs.tsx'
import { useLab, useLive } from '#components/workbench/live-context.tsx'
import { tabName } from '#components/workbench/tab-name.ts'
import { TerminalView } from '#components/workbench/terminal.tsx'

/** The learner's terminals, read along once that was asked for: they are told of it. */
export function WatchedTerminals({ name, mayAct }: { name: string; mayAct: boolean }) {
  const { state, active, watcher } = useLive()
  const { client } = useLab()
  const t = useTranslations('story')
  const [searching, setSearching] = useState(false)
  const typing = state?.watchers.find(({ id }) => id === watcher)?.typing ?? null
  const terminals = state?.terminals ?? []
  if (state?.room.status !== 'ready') return null
  if (typing === null)
    return (
      <div className="flex h-full flex-col items-start justify-center gap-4 overflow-auto px-8 py-5">
        <p className="max-w-md text-[14px] text-ink-soft leading-relaxed">{t('watchText', { name })}</p>
        <Button variant="primary" disabled={!mayAct} onClick={() => client.watch(true)}>
          <Eye aria-hidden />
          {t('watch')}
        </Button>
      </div>
    )
  return (
    <Tabs
      value={active}
      onValueChange={(id: string) => client.activate(id, { focus: false })}
      className="flex h-full min-h-0 flex-col bg-page"
      data-watching={typing}
    >
      <div className="flex min-h-10 shrink-0 flex-wrap items-stretch border-b bg-chrome">
        {terminals.length > 0 ? (
          <TabsList aria-label={t('terminals')} className="flex min-w-0 items-stretch overflow-x-auto">
            {terminals.map((terminal) => (
              <Tab
                key={terminal.id}
                value={terminal.id}
                className={cn(
                  'min-h-10 shrink-0 border-r px-3.5 font-mono text-[12.5px]',
                  terminal.id === active ? 'terminal-ground shadow-[inset_0_2px_0_var(--accent)]' : 'hover:bg-sunken',
                )}
              >
                {tabName(terminal, terminals)}
              </Tab>
            ))}
          </TabsList>
        ) : (
          <p className="self-center px-4 text-[13px] text-ink-quiet">{t('noTerminals')}</p>
        )}
        <div className="ml-auto flex items-center gap-1.5 pr-2 text-[13px]" role="status">
          {typing === 'no' && (
            <Button size="sm" onClick={() => client.send({ type: 'watch.ask' })}>
              <Keyboard aria-hidden />
              {t('ask')}
            </Button>
          )}
          {typing === 'asked' && <span className="text-ink-quiet">{t('askedAlready')}</span>}
          {typing === 'allowed' && <span className="font-medium text-good">{t('mayType')}</span>}
          <Button size="sm" onClick={() => client.watch(false)}>
            {t('watching')}
          </Button>
        </div>
      </div>
      <div className="terminal-ground relative min-h-0 flex-1 overflow-auto">
        {terminals.map((terminal) => (
          <TabsPanel key={terminal.id} value={terminal.id} keepMounted tabIndex={-1} className="outline-none">
            <TerminalView
              id={terminal.id}
              label={tabName(terminal, terminals)}
              active={terminal.id === active}
              screenReader={false}
              searching={searching}
              onSearch={setSearching}
              onLeave={() => {}}
            />
          </TabsPanel>
        ))}
      </div>
    </Tabs>
  )
}
