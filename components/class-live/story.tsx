'use client'
/** One learner at one lab, as an instructor sees it: what they did and passed, their cluster, their terminals. */
import { Group, Panel, Separator } from 'react-resizable-panels'
import { useTranslations } from 'use-intl'
import { ClusterBar, ClusterPanel } from '#components/cluster/cluster-panel.tsx'
import { Timeline } from '#components/timeline/timeline.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { DIVIDER } from '#components/workbench/divider.ts'
import { isOver } from '#components/workbench/live-client.ts'
import { useLab, useLive } from '#components/workbench/live-context.tsx'
import { useWide } from '#components/workbench/use-wide.ts'
import { StoryBar } from './story-bar.tsx'
import { StorySteps } from './story-steps.tsx'
import { WatchedTerminals } from './watched-terminals.tsx'

export function Story({ name, step, mayAct }: { name: string; step: string | null; mayAct: boolean }) {
  const { state, notice, connection, watcher } = useLive()
  const { client, outline } = useLab()
  const wide = useWide()
  const t = useTranslations()
  const over = isOver(state)
  // They are read along with the terminals: the learner is told of it.
  const files = outline.editor !== null && state?.watchers.some(({ id }) => id === watcher) === true
  return (
    <main id="content" tabIndex={-1} className="flex min-h-0 flex-1 flex-col outline-none">
      <StoryBar name={name} mayAct={mayAct} />
      {over && state && (
        <p role="status" className="shrink-0 border-b bg-chrome px-4 py-1.5 text-[13px] text-ink-soft">
          {t('story.ended', { says: state.room.says })}
        </p>
      )}
      {connection === 'reconnecting' && (
        <p role="status" className="shrink-0 border-b bg-warn-wash px-4 py-1.5 text-[13px] text-warn">
          {t('board.reconnecting')}
        </p>
      )}
      {notice && (
        <button type="button" onClick={() => client.dismissNotice()} className="block w-full text-left">
          <Notice tone="bad" className="rounded-none">
            {notice.message}
          </Notice>
        </button>
      )}
      {wide ? (
        <Group orientation="horizontal" className="min-h-0 flex-1">
          <Panel id="steps" defaultSize="36%" minSize="280px">
            <StorySteps step={step} scrolls />
          </Panel>
          <Separator className={DIVIDER} aria-label={t('workbench.divider')} />
          <Panel id="room" minSize="420px">
            <section aria-label={t('workbench.lab')} className="flex h-full min-h-0 flex-col">
              <ClusterBar open onOpen={null} files={files} />
              <Group orientation="vertical" className="min-h-0 flex-1">
                <Panel id="cluster" defaultSize="52%" minSize="120px">
                  <ClusterPanel files={files} />
                </Panel>
                {!over && <Separator className={DIVIDER} aria-label={t('workbench.dividerCluster')} />}
                {!over && (
                  <Panel id="terminals" minSize="120px">
                    <WatchedTerminals name={name} mayAct={mayAct} />
                  </Panel>
                )}
              </Group>
            </section>
          </Panel>
        </Group>
      ) : (
        <div data-scrolls className="min-h-0 flex-1 overflow-y-auto">
          <StorySteps step={step} scrolls={false} />
          <div className="border-t">
            <ClusterBar open onOpen={null} />
            <ClusterPanel />
          </div>
          {!over && (
            <div className="h-96 border-t">
              <WatchedTerminals name={name} mayAct={mayAct} />
            </div>
          )}
        </div>
      )}
      <Timeline />
    </main>
  )
}
