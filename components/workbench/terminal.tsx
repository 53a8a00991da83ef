'use client'
import { useTheme } from 'next-themes'
import { useEffect, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { useLab } from './live-context.tsx'
import { SearchBar } from './search-bar.tsx'
import type { XtermViewer } from './xterm-viewer.ts'

export function TerminalView(props: {
  id: string
  label: string
  active: boolean
  screenReader: boolean
  searching: boolean
  onSearch: (open: boolean) => void
  onLeave: () => void
}) {
  const { id, label, active, screenReader } = props
  const { client } = useLab()
  const t = useTranslations('terminal')
  const { resolvedTheme } = useTheme()
  const theme = resolvedTheme === 'dark' ? 'dark' : 'light'
  const element = useRef<HTMLDivElement>(null)
  const [viewer, setViewer] = useState<XtermViewer | null>(null)
  const now = { theme, screenReader, props } as const
  const latest = useRef<{ theme: 'light' | 'dark'; screenReader: boolean; props: typeof props }>(now)
  latest.current = now

  useEffect(() => {
    let ended = false
    let opened: XtermViewer | null = null
    const open = async () => {
      // Only a page with a running room pays for xterm.
      const { openViewer } = await import('./xterm-viewer.ts')
      if (ended || !element.current) return
      opened = await openViewer({
        client,
        terminal: id,
        element: element.current,
        theme: latest.current.theme,
        screenReader: latest.current.screenReader,
        label: t('label', { terminal: label }),
        keys: {
          search: () => latest.current.props.onSearch(true),
          leave: () => latest.current.props.onLeave(),
        },
      })
      if (ended) opened.dispose()
      else setViewer(opened)
    }
    open().catch((error: unknown) => client.notify('TERMINAL', error instanceof Error ? error.message : String(error)))
    return () => {
      ended = true
      opened?.dispose()
      setViewer(null)
    }
  }, [client, id, label, t])

  useEffect(() => viewer?.setShown(active), [viewer, active])
  useEffect(() => viewer?.setTheme(theme), [viewer, theme])
  useEffect(() => viewer?.setScreenReader(screenReader), [viewer, screenReader])

  return (
    <div className={active ? 'absolute inset-0' : 'hidden'}>
      <div ref={element} className="size-full" data-terminal={id} />
      {props.searching && active && viewer && (
        <SearchBar
          search={viewer.search}
          onClose={() => {
            props.onSearch(false)
            viewer.search.clearDecorations()
            viewer.term.focus()
          }}
        />
      )}
    </div>
  )
}
