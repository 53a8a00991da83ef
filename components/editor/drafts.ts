/** Text that is not saved, of one lab session: kept in this browser tab through a reload of the page. */
import type { Draft } from './open-file.ts'

type Kept = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

export class Drafts {
  private readonly prefix: string

  constructor(
    private readonly storage: Kept,
    session: string,
  ) {
    this.prefix = `kraftlab.draft.${session}.`
  }

  all(): Map<string, Draft> {
    const names = Array.from({ length: this.storage.length }, (_, at) => this.storage.key(at) ?? '')
    const drafts = names
      .filter((name) => name.startsWith(this.prefix))
      .map((name) => [name.slice(this.prefix.length), parsed(this.storage.getItem(name))] as const)
    return new Map(drafts.filter((one): one is readonly [string, Draft] => one[1] !== null))
  }

  /** @returns whether there was room for it */
  keep(path: string, { text, hash }: Draft): boolean {
    try {
      this.storage.setItem(this.prefix + path, JSON.stringify({ text, hash }))
      return true
    } catch (error) {
      if (error instanceof DOMException) return false
      throw error
    }
  }

  drop(path: string): void {
    this.storage.removeItem(this.prefix + path)
  }
}

/** Anybody can write there by the browser's tools. */
function parsed(kept: string | null): Draft | null {
  try {
    const { text, hash } = JSON.parse(kept ?? '{}') as Partial<Draft>
    return typeof text === 'string' ? { text, hash: typeof hash === 'string' ? hash : null } : null
  } catch {
    return null // not ours
  }
}
