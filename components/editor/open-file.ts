/**
 * One open file as a value: what is in the editor, what the host had when it was last looked at, and whether the one may
 * take the other's place.
 */
import type { ReadAnswer, SaveAnswer } from '#labs/protocol/files.ts'

export type Problem =
  /** in the gateway's words */
  { kind: 'says'; says: string } | { kind: 'gone' | 'too-large' | 'no-answer' }

export type OpenFile = {
  path: string
  /** in the editor; null: it was not read yet, or cannot be */
  text: string | null
  /** of the host's content that a save may replace; null: there is to be none */
  hash: string | null
  /** the text of that content, where it is known */
  saved: string | null
  /** size and time of that content, as a listing has them; empty where they are not known */
  stamp: string
  /** Another content is there: it is not replaced unasked. `hash` null: it is gone. `text` null: it was not read yet. */
  conflict: { hash: string | null; text: string | null; stamp: string } | null
  /** the text under way to the host */
  saving: string | null
  /** ms since 1970 */
  savedAt: number | null
  /** the text is from before the page was loaded */
  restored: boolean
  problem: Problem | null
  /** what is read next takes the place of what is in the editor */
  discards: boolean
  /** lines that the learner is to be led to, by their characters in `text` */
  shown: { from: number; to: number } | null
  /** counts the times that `text` was replaced by something else than the editor */
  replaced: number
}

export type Draft = { text: string; hash: string | null }

/** @param draft text that was not saved, and the hash of what it began with */
export function opened(path: string, draft?: Draft): OpenFile {
  return {
    path,
    text: draft?.text ?? null,
    hash: draft?.hash ?? null,
    saved: null,
    stamp: '',
    conflict: null,
    saving: null,
    savedAt: null,
    restored: draft !== undefined,
    problem: null,
    discards: false,
    shown: null,
    replaced: 0,
  }
}

export const isUnsaved = ({ text, saved }: OpenFile): boolean => text !== null && text !== saved

export const stampOf = ({ bytes, modified }: { bytes: number; modified: number }): string => `${bytes} ${modified}`

export const typed = (file: OpenFile, text: string): OpenFile => (file.text === text ? file : { ...file, text })

type Content = { text: string; hash: string | null; stamp: string }
/** The host's content takes the place of what is in the editor. */
export const taken = (file: OpenFile, { text, hash, stamp }: Content): OpenFile => ({
  ...opened(file.path),
  text,
  hash,
  saved: text,
  stamp,
  savedAt: file.savedAt,
  replaced: file.replaced + (text === file.text ? 0 : 1),
})

export function wasRead(file: OpenFile, answer: ReadAnswer): OpenFile {
  if (answer.state === 'refused') return { ...file, discards: false, problem: { kind: 'says', says: answer.says } }
  if (answer.state === 'none') {
    if (file.text === null) return { ...file, problem: { kind: 'gone' } }
    const isNew = file.hash === null && file.saved === null
    return { ...file, discards: false, conflict: isNew ? null : { hash: null, text: null, stamp: '' } }
  }
  const { text, hash } = answer
  const stamp = stampOf(answer)
  const fresh = file.text === null || file.discards || file.text === text
  if (fresh || (hash !== file.hash && !isUnsaved(file))) return taken(file, { text, hash, stamp })
  if (hash === file.hash) return { ...file, saved: text, stamp, conflict: null, problem: null }
  return { ...file, conflict: { hash, text, stamp } }
}

export function wasSaved(file: OpenFile, answer: SaveAnswer, now: number): OpenFile {
  const { saving } = file
  // The answer came too late: the next look at the host tells.
  if (saving === null) return file
  const answered = { ...file, saving: null, problem: null }
  if (answer.state === 'refused') return { ...answered, problem: { kind: 'says', says: answer.says } }
  if (answer.state === 'changed') return { ...answered, conflict: { hash: answer.now, text: null, stamp: '' } }
  return { ...answered, hash: answer.hash, saved: saving, stamp: '', conflict: null, savedAt: now, restored: false }
}
