import type { ReactNode } from 'react'
import { highlightShell } from '#lessons/highlight.ts'
import { RunBar } from './run-bar.tsx'
import { textOf } from './text-of.ts'

/** A command that a click types into the learner's terminal. A string or a fence. */
export async function Run({ host, children }: { host?: string; children: ReactNode }) {
  const command = textOf(children).trim()
  const html = await highlightShell(command)
  return (
    <div className="overflow-hidden rounded-lg border border-line-strong bg-sunken">
      <div
        // biome-ignore lint/security/noDangerouslySetInnerHtml: shiki's rendering of our own lesson
        dangerouslySetInnerHTML={{ __html: html }}
        className="[&_pre]:whitespace-pre-wrap [&_pre]:break-words [&_pre]:bg-transparent! [&_pre]:px-4 [&_pre]:py-3 [&_pre]:text-[13px] [&_pre]:leading-[1.65]"
      />
      <RunBar host={host ?? null} command={command} />
    </div>
  )
}
