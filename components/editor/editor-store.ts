/**
 * What the editor shows: the names in the lab's directory, and the files that are open. Beside the state of the workbench, so
 * that it outlives the panel; knows nothing of CodeMirror.
 */
import { Store } from '#components/workbench/store.ts'
import { type ChangeResult, changeLines, type LineChange } from '#labs/protocol/edit.ts'
import { type DirectoryListing, EDITOR_CAPS } from '#labs/protocol/files.ts'
import type { ToBrowser, ToGateway } from '#labs/protocol/live.ts'
import { Drafts } from './drafts.ts'
import { isUnsaved, type OpenFile, opened, stampOf, taken, typed, wasRead, wasSaved } from './open-file.ts'

export type EditorSnapshot = {
  listing: DirectoryListing | null
  /** why it could not be listed; empty where it could */
  listProblem: string
  /** in the order in which they were opened */
  files: OpenFile[]
  active: string | null
  /** false: what is not saved would not survive a reload, since the browser has no room for it */
  keeps: boolean
}

const NOTHING: EditorSnapshot = {
  listing: null,
  listProblem: '',
  files: [],
  active: null,
  keeps: true,
}

/** The host gives up before, and says so. */
const ANSWER_LIMIT_MS = 20_000

export class EditorStore extends Store<EditorSnapshot> {
  /** another one for each lab session: what the view of a file keeps is kept under it */
  memory: object = {}
  #drafts: Drafts | null = null
  #looks = false
  /** a listing is under way; and one more is wanted, since something may have changed meanwhile */
  #listing: 'no' | 'asked' | 'again' = 'no'
  /** the first of them is under way: all at once would be more than the gateway takes of one browser */
  readonly #reading = new Set<string>()
  readonly #limits = new Map<string, ReturnType<typeof setTimeout>>()
  /** to be run once they are saved */
  readonly #after = new Map<string, () => void>()
  /** to be saved once more: they were typed in, and saved, while a save was under way */
  readonly #again = new Set<string>()
  /** changes of files that are opened for them */
  readonly #onceRead = new Map<string, () => void>()
  #focusNext: string | null = null

  constructor(private readonly send: (message: ToGateway) => void) {
    super(NOTHING)
  }

  /**
   * @param storage where what is not saved is kept; null: nobody types here
   * @returns whether there is something that is not saved, from before the page was loaded
   */
  begin(session: string, storage: Storage | null): boolean {
    this.reset()
    this.#drafts = storage && new Drafts(storage, session)
    const files = [...(this.#drafts?.all() ?? [])].map(([path, draft]) => opened(path, draft))
    const [first] = files
    this.set({ ...this.snapshot, files, active: first?.path ?? null })
    if (first) this.#read(first.path)
    return first !== undefined
  }

  /** Another lab session. Drafts stay. */
  reset(): void {
    this.#listing = 'no'
    this.#reading.clear()
    for (const limit of this.#limits.values()) clearTimeout(limit)
    this.#limits.clear()
    this.#after.clear()
    this.#again.clear()
    this.#onceRead.clear()
    this.#focusNext = null
    this.#drafts = null
    this.memory = {}
    this.set(NOTHING)
  }

  /** A new connection: what was asked on the old one is not answered. A save may be asked twice. */
  reconnected(): void {
    this.#readNext()
    for (const file of this.snapshot.files) this.#sendSave(file)
    this.#listing = 'no'
    this.refresh()
  }

  /** Somebody looks at it, or no longer. */
  look(looks: boolean): void {
    this.#looks = looks
    this.refresh()
  }

  /** What is there now; files that have changed are read again. */
  refresh(): void {
    if (!this.#looks) return
    if (this.#listing === 'no') this.send({ type: 'files.list' })
    this.#listing = this.#listing === 'no' ? 'asked' : 'again'
  }

  open(path: string): void {
    const { files } = this.snapshot
    if (!files.some((one) => one.path === path)) this.set({ ...this.snapshot, files: [...files, opened(path)] })
    this.activate(path)
  }

  activate(path: string): void {
    this.set({ ...this.snapshot, active: path })
    const file = this.#file(path)
    if (file?.text === null || file?.saved === null) this.#read(path)
  }

  /** A file that is not there yet: it comes to be when it is saved. One that is there is opened. */
  create(path: string): void {
    const { files, listing } = this.snapshot
    const isThere = listing?.entries.some((one) => one.path === path) || files.some((one) => one.path === path)
    if (!isThere) this.set({ ...this.snapshot, files: [...files, opened(path, { text: '', hash: null })] })
    if (!isThere) this.#change(path, (file) => ({ ...file, restored: false }))
    this.#focusNext = path
    this.open(path)
  }

  /** Asked once by the view of a file when it is there: whoever named a new one goes on typing. */
  takesFocus(path: string): boolean {
    const takes = this.#focusNext === path
    this.#focusNext = null
    return takes
  }

  /** What was not saved of it is gone. */
  close(path: string): void {
    const { files, active } = this.snapshot
    const at = files.findIndex((one) => one.path === path)
    const left = files.filter((one) => one.path !== path)
    this.#drafts?.drop(path)
    this.#after.delete(path)
    this.#again.delete(path)
    this.#reading.delete(path)
    this.#onceRead.delete(path)
    const next = active === path ? (left[Math.min(at, left.length - 1)]?.path ?? null) : active
    this.set({ ...this.snapshot, files: left, active: next })
    if (next !== null && next !== active) this.activate(next)
  }

  typed(path: string, text: string): void {
    this.#change(path, (file) => typed(file, text))
  }

  /** @param then once it is saved; where it is already, at once */
  save(path: string, then?: () => void): void {
    const file = this.#file(path)
    if (!file || file.text === null) return
    if (file.saving !== null) return void this.#again.add(path)
    if (!isUnsaved(file)) return then?.()
    if (new TextEncoder().encode(file.text).length > EDITOR_CAPS.bytes)
      return this.#change(path, (one) => ({ ...one, problem: { kind: 'too-large' } }))
    this.#after.delete(path)
    if (then) this.#after.set(path, then)
    this.#change(path, (one) => ({ ...one, saving: one.text, problem: null }))
    this.#sendSave(this.#file(path))
    const limit = setTimeout(() => {
      // What waited for it would come as a surprise later.
      this.#after.delete(path)
      this.#again.delete(path)
      this.#change(path, (one) =>
        one.saving === null ? one : { ...one, saving: null, problem: { kind: 'no-answer' } },
      )
    }, ANSWER_LIMIT_MS)
    clearTimeout(this.#limits.get(path))
    this.#limits.set(path, limit)
  }

  /**
   * Lines changed as if they had been typed, and saved; the file is opened where it is not.
   * @param tell how it came out; not called where the file cannot be read, which is said where it is shown
   */
  change(path: string, change: LineChange, tell: (state: ChangeResult['state']) => void): void {
    this.open(path)
    const text = this.#file(path)?.text ?? null
    if (text === null) return void this.#onceRead.set(path, () => this.change(path, change, tell))
    const result = changeLines(text, change)
    if ('at' in result) {
      const shown = { from: result.at, to: result.at + change.to.length }
      this.#change(path, (file) => ({
        ...(result.state === 'changed' ? { ...typed(file, result.text), replaced: file.replaced + 1 } : file),
        shown,
      }))
      this.save(path)
    }
    tell(result.state)
  }

  /** The view has led there. It does so once: whoever comes back to the file is where they were. */
  wasShown(path: string): void {
    this.#change(path, (file) => ({ ...file, shown: null }))
  }

  /** Replaces what is on the host now, as far as it was told of. */
  overwrite(path: string): void {
    this.#change(path, (file) =>
      file.conflict ? { ...file, hash: file.conflict.hash, saved: null, conflict: null } : file,
    )
    this.save(path)
  }

  /** What is on the host takes the place of what is in the editor. */
  reload(path: string): void {
    const conflict = this.#file(path)?.conflict
    if (conflict && conflict.text !== null) {
      const { text, hash, stamp } = conflict
      this.#change(path, (file) => taken(file, { text, hash, stamp }))
      return
    }
    this.#change(path, (file) => ({ ...file, discards: true }))
    this.#read(path)
  }

  dismiss(path: string): void {
    this.#change(path, (file) => ({ ...file, problem: null, restored: false }))
  }

  receive(message: Extract<ToBrowser, { type: 'files' | 'file' | 'file.saved' }>): void {
    if (message.type === 'files') {
      const again = this.#listing === 'again'
      this.#listing = 'no'
      const { answer } = message
      if (answer.state === 'refused') this.set({ ...this.snapshot, listProblem: answer.says })
      else this.#listed(answer.listing)
      if (again) this.refresh()
    } else if (message.type === 'file') {
      this.#reading.delete(message.path)
      this.#readNext()
      this.#change(message.path, (file) => wasRead(file, message.answer))
      const then = this.#onceRead.get(message.path)
      this.#onceRead.delete(message.path)
      if (message.answer.state === 'text') then?.()
    } else this.#saved(message)
  }

  #listed(listing: DirectoryListing): void {
    this.set({ ...this.snapshot, listing, listProblem: '' })
    const now = new Map(listing.entries.map((entry) => [entry.path, stampOf(entry)]))
    for (const { path, stamp, saving, conflict } of this.snapshot.files) {
      const known = conflict?.stamp ?? stamp
      // What could not be read is tried again while it is there.
      const differs = known !== (now.get(path) ?? '')
      if (differs && saving === null) this.#read(path)
    }
  }

  #saved({ path, answer }: Extract<ToBrowser, { type: 'file.saved' }>): void {
    const file = this.#file(path)
    if (!file) return
    // Too late: what is there now tells.
    if (file.saving === null) return this.#read(path)
    clearTimeout(this.#limits.get(path))
    this.#change(path, (one) => wasSaved(one, answer, Date.now()))
    const again = this.#again.delete(path)
    const then = this.#after.get(path)
    this.#after.delete(path)
    if (answer.state !== 'saved') return
    if (file.hash === null) this.refresh()
    then?.()
    if (again) this.save(path)
  }

  #file(path: string): OpenFile | undefined {
    return this.snapshot.files.find((one) => one.path === path)
  }

  #change(path: string, how: (file: OpenFile) => OpenFile): void {
    const before = this.#file(path)
    const after = before && how(before)
    if (!after || after === before) return
    let { keeps } = this.snapshot
    if (this.#drafts && isUnsaved(after)) keeps = this.#drafts.keep(path, { text: after.text ?? '', hash: after.hash })
    else this.#drafts?.drop(path)
    this.set({ ...this.snapshot, files: this.snapshot.files.map((one) => (one === before ? after : one)), keeps })
  }

  #read(path: string): void {
    if (this.#reading.has(path)) return
    this.#reading.add(path)
    if (this.#reading.size === 1) this.#readNext()
  }

  #readNext(): void {
    const [path] = this.#reading
    if (path !== undefined) this.send({ type: 'file.read', path })
  }

  #sendSave(file: OpenFile | undefined): void {
    if (!file || file.saving === null) return
    this.send({ type: 'file.save', path: file.path, content: base64(file.saving), was: file.hash })
  }
}

function base64(text: string): string {
  const bytes = new TextEncoder().encode(text)
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}
