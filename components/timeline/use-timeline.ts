'use client'
import { useSyncExternalStore } from 'react'
import { useLab } from '#components/workbench/live-context.tsx'
import type { TimelineSnapshot } from './timeline-store.ts'

export function useTimeline(): TimelineSnapshot {
  const { timeline } = useLab().client
  return useSyncExternalStore(timeline.subscribe, timeline.getSnapshot, timeline.getServerSnapshot)
}
