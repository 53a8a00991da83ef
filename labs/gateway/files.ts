/** The files of a lab's editor: read by the room's trusted helper, written by a process of the learner's. */
import { KraftlabError } from '#config/errors.ts'
import type { Editor } from '#labs/engine/define.ts'
import { EDITOR_CAPS, type ListAnswer, type ReadAnswer, type SaveAnswer } from '#labs/protocol/files.ts'
import type { Room } from '#labs/sandbox/room.ts'
import { hashOf, saveFile } from '#labs/sandbox/save-file.ts'

export class Files {
  constructor(
    private readonly editor: Editor | null,
    /** throws a KraftlabError where there is none */
    private readonly room: () => Room,
  ) {}

  /** @throws KraftlabError as `Room.listDirectory`; ROOM_ENDED */
  async list(): Promise<ListAnswer> {
    const { host, directory } = this.required
    const { entries: maxEntries, depth: maxDepth } = EDITOR_CAPS
    return {
      state: 'listed',
      listing: await this.room().listDirectory({ host, path: directory, maxEntries, maxDepth }),
    }
  }

  /** @throws KraftlabError as `Room.readFile`; ROOM_ENDED */
  async read(path: string): Promise<ReadAnswer> {
    const { host, directory } = this.required
    const file = await this.room().readFile({ host, path: directory, file: path, maxBytes: EDITOR_CAPS.bytes })
    if (!file) return { state: 'none' }
    const { bytes, modified, content } = file
    if (bytes > EDITOR_CAPS.bytes)
      return {
        state: 'refused',
        says: `${path} is larger than ${EDITOR_CAPS.bytes / 1_024} KiB: open it in a terminal.`,
      }
    const text = content.toString('utf8')
    // What is saved has to be what was read, but for what was typed.
    if (text.includes('\0') || !Buffer.from(text).equals(content))
      return { state: 'refused', says: `${path} is no text: it cannot be edited.` }
    return { state: 'text', text, hash: hashOf(content), bytes, modified }
  }

  /** @param content base64 @throws KraftlabError BAD_REQUEST where it is too large; and as `saveFile`, ROOM_ENDED */
  async save(path: string, content: string, was: string | null): Promise<SaveAnswer> {
    const { host, directory } = this.required
    const bytes = Buffer.from(content, 'base64')
    if (bytes.length > EDITOR_CAPS.bytes) throw new KraftlabError('BAD_REQUEST', `${path} would be too large.`)
    try {
      return await saveFile(this.room(), { host, directory, path, bytes, was })
    } catch (error) {
      this.room() // says so where it has ended
      throw error
    }
  }

  private get required(): Editor {
    if (!this.editor) throw new KraftlabError('BAD_REQUEST', 'There are no files to edit in this lab.')
    return this.editor
  }
}
