/** When what is in the editor may take the place of what is on the host. */
import { expect, test } from 'vitest'
import { isUnsaved, type OpenFile, opened, typed, wasRead, wasSaved } from '#components/editor/open-file.ts'
import type { ReadAnswer } from '#labs/protocol/files.ts'

const hash = (text: string) => text.padEnd(64, '0')
const onHost = (text: string, modified = 1): ReadAnswer => ({
  state: 'text',
  text,
  hash: hash(text),
  bytes: text.length,
  modified,
})
const read = (text: string) => wasRead(opened('a'), onHost(text))
const saving = (file: OpenFile) => ({ ...file, saving: file.text })

test('a file that was read is saved; one that was typed in is not, until it is what it was', () => {
  const file = read('old')
  expect(file).toMatchObject({ text: 'old', saved: 'old', hash: hash('old'), stamp: '3 1' })
  expect(isUnsaved(file)).toBe(false)
  expect(isUnsaved(typed(file, 'new'))).toBe(true)
  expect(isUnsaved(typed(typed(file, 'new'), 'old'))).toBe(false)
})

test('what changed on the host is shown where nothing was typed, and is a conflict where something was', () => {
  const file = read('old')
  const shown = wasRead(file, onHost('theirs', 2))
  expect(shown).toMatchObject({
    text: 'theirs',
    saved: 'theirs',
    conflict: null,
    replaced: file.replaced + 1,
    stamp: '6 2',
  })
  const mine = typed(file, 'mine')
  expect(wasRead(mine, onHost('theirs', 2))).toMatchObject({
    text: 'mine',
    hash: hash('old'),
    conflict: { hash: hash('theirs'), text: 'theirs' },
  })
  // touched, or written as it was: nothing to choose between
  expect(wasRead(mine, onHost('old', 2))).toMatchObject({ text: 'mine', conflict: null, stamp: '3 2' })
  expect(wasRead(mine, onHost('mine', 2))).toMatchObject({ saved: 'mine', hash: hash('mine'), conflict: null })
  // and back again
  expect(wasRead(wasRead(mine, onHost('theirs', 2)), onHost('old', 3)).conflict).toBeNull()
})

test('one that is gone is told; one that is new is not', () => {
  expect(wasRead(read('old'), { state: 'none' }).conflict).toMatchObject({ hash: null })
  expect(wasRead(opened('a'), { state: 'none' }).problem).toEqual({ kind: 'gone' })
  expect(wasRead(opened('a', { text: '', hash: null }), { state: 'none' })).toMatchObject({
    conflict: null,
    problem: null,
  })
})

test('saved is what was sent, not what was typed meanwhile', () => {
  const file = typed(saving(typed(read('old'), 'sent')), 'sent and more')
  const saved = wasSaved(file, { state: 'saved', hash: hash('sent') }, 7)
  expect(saved).toMatchObject({ saved: 'sent', hash: hash('sent'), saving: null, savedAt: 7 })
  expect(isUnsaved(saved)).toBe(true)
})

test('a save that was refused leaves all as it is, and says why', () => {
  const file = saving(typed(read('old'), 'new'))
  expect(wasSaved(file, { state: 'changed', now: hash('x') }, 7)).toMatchObject({
    text: 'new',
    hash: hash('old'),
    conflict: { hash: hash('x'), text: null },
    saving: null,
  })
  const refused = wasSaved(file, { state: 'refused', says: 'The disk is full.' }, 7)
  expect(refused).toMatchObject({ text: 'new', saved: 'old', problem: { kind: 'says', says: 'The disk is full.' } })
  // an answer that nobody waits for any more
  const late = { ...file, saving: null }
  expect(wasSaved(late, { state: 'saved', hash: hash('new') }, 7)).toBe(late)
})

test('a draft from before a reload: goes on where it began, and is a conflict where that has changed', () => {
  const draft = opened('a', { text: 'mine', hash: hash('old') })
  expect(isUnsaved(draft)).toBe(true)
  expect(wasRead(draft, onHost('old'))).toMatchObject({ text: 'mine', saved: 'old', restored: true, conflict: null })
  expect(wasRead(draft, onHost('theirs'))).toMatchObject({ text: 'mine', conflict: { hash: hash('theirs') } })
  expect(isUnsaved(wasRead(draft, onHost('mine')))).toBe(false)
})
