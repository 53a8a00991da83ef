import type { ReactNode } from 'react'
import { changeOf, languageOf, readEdit } from '#lessons/edit.ts'
import { highlightEdit } from '#lessons/highlight.ts'
import { EditBar } from './edit-bar.tsx'
import { textOf } from './text-of.ts'

/** Lines of a program that the reader changes: a fence as a diff, each line behind +, - or a space. */
export async function Edit({ file, children }: { file: string; children: ReactNode }) {
  const lines = readEdit(textOf(children))
  const html = await highlightEdit(lines, languageOf(file))
  const added = lines
    .filter(({ kind }) => kind === 'comes')
    .map(({ text }) => text)
    .join('\n')
  return (
    <div className="overflow-hidden rounded-lg border border-line-strong bg-sunken">
      <div
        // biome-ignore lint/security/noDangerouslySetInnerHtml: shiki's rendering of our own lesson
        dangerouslySetInnerHTML={{ __html: html }}
        className="edited-lines"
      />
      <EditBar path={file} change={changeOf(lines)} added={added} />
    </div>
  )
}
