/** A history, told as the database keeps it. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { LabSessionStory } from '#data/rebuild.ts'
import { type Entry, readHistory } from '#labs/engine/history.ts'

export const historyFile = (data: string, id: string): string => join(data, 'lab-sessions', id, 'history.ndjson')

/** @returns null for a history that has not even its first entry */
export async function readOptionalStory(data: string, id: string): Promise<LabSessionStory | null> {
  const { entries } = await readHistory(historyFile(data, id))
  return tell(id, entries)
}

/** All lab sessions of this installation, and those whose history cannot be read, with why. */
export async function readStories(data: string): Promise<{ stories: LabSessionStory[]; problems: string[] }> {
  const stories: LabSessionStory[] = []
  const problems: string[] = []
  for (const id of await readdir(join(data, 'lab-sessions')).catch(noneYet)) {
    try {
      const story = await readOptionalStory(data, id)
      if (story) stories.push(story)
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error))
    }
  }
  return { stories: stories.sort((one, other) => one.startedAt.getTime() - other.startedAt.getTime()), problems }
}

export const hasRoom = (entries: Entry[]): boolean => entries.some(({ body }) => body.type === 'room-started')

function tell(id: string, entries: Entry[]): LabSessionStory | null {
  const first = entries[0]
  if (first?.body.type !== 'opened') return null
  const { learner, lab } = first.body
  const story: LabSessionStory = { id, learner, lab, startedAt: new Date(first.at), ended: null, passes: [] }
  for (const { at, body } of entries) {
    if (body.type === 'room-ended') story.ended = { at: new Date(at), why: body.says }
    if (body.type === 'passed' && !story.passes.some(({ check }) => check === body.check)) {
      const { step, check, evidence } = body
      story.passes.push({ step, check, evidence, at: new Date(at) })
    }
  }
  return story
}

function noneYet(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return []
  throw error
}
