/**
 * What is typed into a pty. node-pty writes on another thread: what is late there, because the machine is busy, is typed
 * into whichever pty has the same file descriptor by then. Here it is written at once, or waits for its own pty alone.
 */
import { writeSync } from 'node:fs'
import type { IPty } from 'node-pty'

/** A program that reads nothing for now. */
const AGAIN_MS = 10

export class PtyInput {
  private waiting: Buffer[] = []
  private again: NodeJS.Timeout | undefined
  private readonly fd: number

  constructor(pty: IPty) {
    // node-pty's own on all but Windows, left out of its types
    this.fd = (pty as IPty & { fd: number }).fd
  }

  write(text: string): void {
    if (text === '') return
    this.waiting.push(Buffer.from(text))
    if (!this.again) this.drain()
  }

  /** The pty has ended: what still waits is for nobody. */
  close(): void {
    clearTimeout(this.again)
    this.waiting = []
  }

  private drain(): void {
    this.again = undefined
    for (let next = this.waiting[0]; next; next = this.waiting[0]) {
      const written = this.attempt(next)
      if (written === null) {
        this.again = setTimeout(() => this.drain(), AGAIN_MS)
        return
      }
      if (written < next.length) this.waiting[0] = next.subarray(written)
      else this.waiting.shift()
    }
  }

  /** @returns how many bytes it took; null: none for now */
  private attempt(bytes: Buffer): number | null {
    try {
      return writeSync(this.fd, bytes)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return null
      // Its program has gone, and it is about to be told so.
      return bytes.length
    }
  }
}
