'use client'
import { useId, useState } from 'react'
import { useTranslations } from 'use-intl'
import { filePath } from '#labs/protocol/files.ts'

/** A name in place, as in the list it will stand. Enter makes it, Escape leaves it. */
export function NewFile(props: {
  onName: (path: string) => void
  /** by Escape: the focus has to go somewhere; else it has gone already */
  onCancel: (by: 'escape' | 'leaving') => void
}) {
  const { onName, onCancel } = props
  const [name, setName] = useState('')
  const [wrong, setWrong] = useState(false)
  const problem = useId()
  const t = useTranslations('editor')
  return (
    <form
      className="px-2 pt-1.5 pb-1"
      onSubmit={(event) => {
        event.preventDefault()
        const path = filePath.safeParse(name.trim())
        if (path.success) onName(path.data)
        else setWrong(true)
      }}
    >
      <input
        // biome-ignore lint/a11y/noAutofocus: the button that asked for it has said so
        autoFocus
        value={name}
        onChange={({ target }) => setName(target.value)}
        onBlur={() => name.trim() === '' && onCancel('leaving')}
        onKeyDown={({ key }) => key === 'Escape' && onCancel('escape')}
        aria-label={t('newName')}
        placeholder={t('newPlaceholder')}
        aria-invalid={wrong}
        aria-describedby={wrong ? problem : undefined}
        spellCheck={false}
        className="h-7 w-full rounded-md border border-line-strong bg-page px-2 font-mono text-[12px] text-ink placeholder:text-ink-quiet aria-invalid:border-bad"
      />
      {wrong && (
        <p id={problem} role="alert" className="pt-1 text-[12px] text-bad leading-snug">
          {t('badName')}
        </p>
      )}
    </form>
  )
}
