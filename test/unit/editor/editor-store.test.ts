/** What the editor asks of the gateway, and what it keeps: through a reload, a lost connection, a conflict. */
import { expect, test, vi } from 'vitest'
import { EditorStore } from '#components/editor/editor-store.ts'
import { EDITOR_CAPS, type ReadAnswer } from '#labs/protocol/files.ts'
import type { ToGateway } from '#labs/protocol/live.ts'

const hash = (text: string) => text.padEnd(64, '0')
const onHost = (text: string): ReadAnswer => ({
  state: 'text',
  text,
  hash: hash(text),
  bytes: text.length,
  modified: 1,
})
const entry = (path: string, text: string, modified = 1) => ({
  path,
  kind: 'file' as const,
  bytes: text.length,
  modified,
})

class Kept extends Map<string, string> {
  get length() {
    return this.size
  }
  key = (at: number) => [...this.keys()][at] ?? null
  getItem = (name: string) => this.get(name) ?? null
  setItem = (name: string, value: string) => void this.set(name, value)
  removeItem = (name: string) => void this.delete(name)
}

function begin(storage = new Kept(), session = 's1') {
  const sent: ToGateway[] = []
  const store = new EditorStore((message) => sent.push(message))
  const unsaved = store.begin(session, storage as unknown as Storage)
  const file = (path = 'a') => store.getSnapshot().files.find((one) => one.path === path)
  const told = () => sent.splice(0)
  const answer = (text: string, path = 'a') => store.receive({ type: 'file', path, answer: onHost(text) })
  return { store, unsaved, storage, file, told, answer }
}
const saveOf = (text: string, was: string | null) => ({ type: 'file.save', path: 'a', content: btoa(text), was })

test('a file is read when it is opened, saved against what was read, and run when that is done', () => {
  const { store, file, told, answer } = begin()
  const run = vi.fn()
  store.open('a')
  expect(told()).toEqual([{ type: 'file.read', path: 'a' }])
  answer('old')
  store.typed('a', 'new')
  store.save('a', run)
  store.save('a', run)
  expect(told()).toEqual([saveOf('new', hash('old'))])
  expect(run).not.toHaveBeenCalled()
  store.receive({ type: 'file.saved', path: 'a', answer: { state: 'saved', hash: hash('new') } })
  expect(run).toHaveBeenCalledOnce()
  expect(file()).toMatchObject({ saved: 'new', saving: null })
  // Nothing to save: it is run at once.
  store.save('a', run)
  expect(told()).toEqual([])
  expect(run).toHaveBeenCalledTimes(2)
})

test('a conflict runs nothing; overwriting is against what is there now, reloading takes it', () => {
  const { store, file, told, answer } = begin()
  const run = vi.fn()
  store.open('a')
  answer('old')
  store.typed('a', 'mine')
  store.save('a', run)
  const changed = { type: 'file.saved', path: 'a', answer: { state: 'changed', now: hash('theirs') } } as const
  store.receive(changed)
  expect(run).not.toHaveBeenCalled()
  told()
  store.overwrite('a')
  expect(told()).toEqual([saveOf('mine', hash('theirs'))])
  store.receive(changed)
  store.reload('a')
  expect(told()).toEqual([{ type: 'file.read', path: 'a' }])
  answer('theirs')
  expect(file()).toMatchObject({ text: 'theirs', conflict: null })
})

test('what is not saved is there after a reload of the page, for its lab session alone', () => {
  const { store, storage, answer } = begin()
  store.open('a')
  answer('old')
  store.typed('a', 'mine')
  store.create('new.py')
  const reloaded = begin(storage)
  expect(reloaded.unsaved).toBe(true)
  expect(reloaded.store.getSnapshot().active).toBe('a')
  expect(reloaded.file()).toMatchObject({ text: 'mine', hash: hash('old'), restored: true })
  expect(reloaded.file('new.py')).toMatchObject({ text: '', hash: null })
  const another = begin(storage, 's2')
  expect(another.unsaved).toBe(false)
  expect(another.store.getSnapshot().files).toEqual([])
  reloaded.answer('old')
  reloaded.store.save('a')
  reloaded.store.receive({ type: 'file.saved', path: 'a', answer: { state: 'saved', hash: hash('mine') } })
  reloaded.store.close('new.py')
  expect(storage.size).toBe(0)
})

test('a browser without room for it is told', () => {
  const storage = new Kept()
  storage.setItem = () => {
    throw new DOMException('full', 'QuotaExceededError')
  }
  const { store, answer } = begin(storage)
  store.open('a')
  answer('old')
  expect(store.getSnapshot().keeps).toBe(true)
  store.typed('a', 'mine')
  expect(store.getSnapshot().keeps).toBe(false)
})

test('after a lost connection what was asked is asked again; a save that nobody answers is given up', () => {
  vi.useFakeTimers()
  const { store, file, told, answer } = begin()
  store.look(true)
  store.open('a')
  answer('old')
  store.typed('a', 'new')
  store.save('a')
  store.open('b')
  told()
  store.reconnected()
  expect(told()).toEqual([{ type: 'file.read', path: 'b' }, saveOf('new', hash('old')), { type: 'files.list' }])
  vi.advanceTimersByTime(30_000)
  expect(file()).toMatchObject({ saving: null, problem: { kind: 'no-answer' }, text: 'new' })
  vi.useRealTimers()
})

test('a listing that tells of other files reads those again that are open, and no others', () => {
  const { store, told, answer } = begin()
  for (const path of ['a', 'b']) store.open(path)
  answer('old')
  answer('old', 'b')
  told()
  const list = (...entries: ReturnType<typeof entry>[]) =>
    store.receive({ type: 'files', answer: { state: 'listed', listing: { entries, more: false } } })
  list(entry('a', 'old'), entry('b', 'old'), entry('c', 'old'))
  expect(told()).toEqual([])
  list(entry('a', 'old', 2), entry('c', 'new', 2))
  // One after the other: all at once would be more than the gateway takes of one browser.
  expect(told()).toEqual([{ type: 'file.read', path: 'a' }])
  answer('new')
  expect(told()).toEqual([{ type: 'file.read', path: 'b' }])
  store.receive({ type: 'file', path: 'b', answer: { state: 'none' } })
  expect(told()).toEqual([])
  store.receive({ type: 'files', answer: { state: 'refused', says: 'No.' } })
  expect(store.getSnapshot()).toMatchObject({ listProblem: 'No.', listing: { entries: { length: 2 } } })
})

test('what is too large is not sent', () => {
  const { store, file, told, answer } = begin()
  store.open('a')
  answer('old')
  told()
  store.typed('a', 'ä'.repeat(EDITOR_CAPS.bytes / 2 + 1))
  store.save('a')
  expect(told()).toEqual([])
  expect(file()?.problem).toEqual({ kind: 'too-large' })
})

test('of many reasons to list the files at once comes one listing, and one more for what may have changed meanwhile', () => {
  const { store, told } = begin()
  store.look(true)
  for (let command = 0; command < 50; command++) store.refresh()
  expect(told()).toEqual([{ type: 'files.list' }])
  const listed = () =>
    store.receive({ type: 'files', answer: { state: 'listed', listing: { entries: [], more: false } } })
  listed()
  expect(told()).toEqual([{ type: 'files.list' }])
  listed()
  expect(told()).toEqual([])
})

test('saved again while it is being saved: what was typed meanwhile follows', () => {
  const { store, file, told, answer } = begin()
  store.open('a')
  answer('old')
  store.typed('a', 'new')
  store.save('a')
  store.typed('a', 'newer')
  store.save('a')
  expect(told()).toEqual([{ type: 'file.read', path: 'a' }, saveOf('new', hash('old'))])
  store.receive({ type: 'file.saved', path: 'a', answer: { state: 'saved', hash: hash('new') } })
  expect(told()).toEqual([saveOf('newer', hash('new'))])
  // A conflict is for a person to decide.
  store.save('a')
  store.receive({ type: 'file.saved', path: 'a', answer: { state: 'changed', now: hash('theirs') } })
  expect(told()).toEqual([])
  expect(file()).toMatchObject({ text: 'newer', conflict: { hash: hash('theirs') } })
})

test('an answer that comes too late runs nothing any more: what is there is looked at', () => {
  vi.useFakeTimers()
  const { store, file, told, answer } = begin()
  const run = vi.fn()
  store.open('a')
  answer('old')
  store.typed('a', 'new')
  store.save('a', run)
  vi.advanceTimersByTime(30_000)
  told()
  store.receive({ type: 'file.saved', path: 'a', answer: { state: 'saved', hash: hash('new') } })
  expect(run).not.toHaveBeenCalled()
  expect(told()).toEqual([{ type: 'file.read', path: 'a' }])
  answer('new')
  expect(file()).toMatchObject({ saved: 'new', hash: hash('new'), problem: null })
  vi.useRealTimers()
})

test('what could not be read is tried again with the next listing that names it', () => {
  const { store, file, told } = begin()
  store.open('a')
  store.receive({ type: 'file', path: 'a', answer: { state: 'none' } })
  told()
  const list = (...entries: ReturnType<typeof entry>[]) =>
    store.receive({ type: 'files', answer: { state: 'listed', listing: { entries, more: false } } })
  list()
  expect(told()).toEqual([])
  list(entry('a', 'made since'))
  expect(told()).toEqual([{ type: 'file.read', path: 'a' }])
  expect(file()?.problem).toEqual({ kind: 'gone' })
})

test('whoever names a new file goes on typing in it, once', () => {
  const { store } = begin()
  store.open('a')
  expect(store.takesFocus('a')).toBe(false)
  store.create('b')
  expect(store.takesFocus('b')).toBe(true)
  expect(store.takesFocus('b')).toBe(false)
})

test('a change of lines is made and saved once the file has been read; what does not fit is told', () => {
  const { store, file, told, answer } = begin()
  const how: string[] = []
  const change = (from: string, to: string) => store.change('a', { from, to }, (state) => how.push(state))
  change('old', 'new')
  expect(told()).toEqual([{ type: 'file.read', path: 'a' }])
  expect(how).toEqual([])
  answer('one\nold\n')
  expect(how).toEqual(['changed'])
  expect(told()).toEqual([saveOf('one\nnew\n', hash('one\nold\n'))])
  // The view has to take the text over, as it took what was read.
  expect(file()).toMatchObject({ text: 'one\nnew\n', replaced: 2, shown: { from: 4, to: 7 } })
  // Led there once; whoever comes back to the file later is where they were.
  store.wasShown('a')
  expect(file()?.shown).toBeNull()
  store.receive({ type: 'file.saved', path: 'a', answer: { state: 'saved', hash: hash('one\nnew\n') } })
  change('old', 'new')
  change('never', 'there')
  expect(how).toEqual(['changed', 'done', 'absent'])
  expect(told()).toEqual([])
})

test('a change of a file that cannot be read is not made later', () => {
  const { store, told, answer } = begin()
  const tell = vi.fn()
  store.change('a', { from: 'old', to: 'new' }, tell)
  store.receive({ type: 'file', path: 'a', answer: { state: 'none' } })
  answer('old')
  expect(tell).not.toHaveBeenCalled()
  expect(told()).toEqual([{ type: 'file.read', path: 'a' }])
})
