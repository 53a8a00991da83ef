'use client'
import { useEffect, useSyncExternalStore } from 'react'
import { useTimeline } from '#components/timeline/use-timeline.ts'
import { useLab, useLive } from '#components/workbench/live-context.tsx'
import type { EditorSnapshot, EditorStore } from './editor-store.ts'

export function useEditor(): EditorSnapshot & { store: EditorStore } {
  const { editor: store } = useLab().client
  const snapshot = useSyncExternalStore(store.subscribe, store.getSnapshot, store.getServerSnapshot)
  return { ...snapshot, store }
}

/** Not at every key that is pressed in one. */
export function useHasOpenFiles(): boolean {
  const { editor } = useLab().client
  return useSyncExternalStore(
    editor.subscribe,
    () => editor.getSnapshot().files.length > 0,
    () => false,
  )
}

/**
 * Looks at the directory for as long as this is mounted: when it is shown, when the page comes back, and when a command has
 * ended in a terminal of that host, which may have changed a file.
 */
export function useDirectory(host: string): void {
  const { store } = useEditor()
  const { state } = useLive()
  const ready = state?.room.status === 'ready'
  const { events } = useTimeline()
  // Whether a terminal is at its prompt would not tell: a quick command is over before anybody is told that it runs.
  const ended = events.findLast((event) => event.kind === 'command' && event.host === host)?.seq
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked at once more when a command has ended
  useEffect(() => {
    if (!ready) return
    const look = () => store.look(document.visibilityState === 'visible')
    look()
    document.addEventListener('visibilitychange', look)
    return () => {
      document.removeEventListener('visibilitychange', look)
      store.look(false)
    }
  }, [store, ready, ended])
}
