'use client'
import { useEffect, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { useLab } from '#components/workbench/live-context.tsx'
import type { CodeView } from './code-view.ts'
import type { OpenFile } from './open-file.ts'
import { usePhrases } from './use-phrases.ts'

/** The text of one file. What the keys do goes to the store; what else changes it comes from there. */
export function CodePane(props: {
  file: OpenFile
  host: string
  readOnly: boolean
  /** id of what says how the keyboard gets out */
  describedBy: string
}) {
  const { file, host, readOnly, describedBy } = props
  const { path, text, replaced, shown, problem } = file
  const { client } = useLab()
  const t = useTranslations('editor')
  const phrases = usePhrases()
  const element = useRef<HTMLDivElement>(null)
  const [view, setView] = useState<CodeView | null>(null)
  const latest = useRef({ text, readOnly })
  latest.current = { text, readOnly }
  const isThere = text !== null
  const label = t('label', { path, host })

  useEffect(() => {
    if (!isThere) return
    let ended = false
    let opened: CodeView | null = null
    const open = async () => {
      const { CodeView } = await import('./code-view.ts')
      if (ended || !element.current) return
      opened = new CodeView({
        parent: element.current,
        path,
        text: latest.current.text ?? '',
        label,
        describedBy,
        readOnly: latest.current.readOnly,
        phrases,
        onChange: (now) => client.editor.typed(path, now),
        memory: client.editor.memory,
      })
      setView(opened)
      if (client.editor.takesFocus(path)) opened.focus()
    }
    open().catch((error: unknown) => client.notify('EDITOR', error instanceof Error ? error.message : String(error)))
    return () => {
      ended = true
      opened?.destroy()
      setView(null)
    }
  }, [client, path, label, describedBy, phrases, isThere])

  // biome-ignore lint/correctness/useExhaustiveDependencies: counts what did not come from the keys
  useEffect(() => {
    if (latest.current.text !== null) view?.setText(latest.current.text)
  }, [view, replaced])
  useEffect(() => {
    if (!view || !shown) return
    view.show(shown)
    client.editor.wasShown(path)
  }, [client, view, path, shown])
  useEffect(() => view?.setReadOnly(readOnly), [view, readOnly])

  if (!isThere)
    return (
      <p role="status" className="max-w-md flex-1 p-5 text-[14px] text-ink-soft leading-relaxed">
        {problem === null
          ? t('reading')
          : problem.kind === 'says'
            ? problem.says
            : t(problem.kind, { path, host, kib: 0 })}
      </p>
    )
  return (
    <div
      ref={element}
      className="terminal-ground relative min-h-0 flex-1 after:pointer-events-none after:absolute after:inset-0 after:z-300 focus-within:after:shadow-[inset_0_0_0_1.5px_var(--focus)]"
      data-code={path}
    />
  )
}
