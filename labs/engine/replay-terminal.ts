/** One terminal as a replay sees it: what has come since the last keys, and whether a shell waits for a command. */
import { EventEmitter, once } from 'node:events'
import { stripVTControlCharacters } from 'node:util'
import type { ReplayTerminal } from './solution.ts'

/** A JVM that starts on a busy machine of two cores. */
const SHOWS_LIMIT_MS = 60_000
const SCREEN_TAIL_CHARS = 2_000
/** The shell's mark that it waits for a command (OSC 133 ; B). */
const PROMPT_MARK = '\x1b]133;B'
/** How a screen ends, which has no marks, when it shows the shell's prompt. */
const PROMPT_SHOWN = /\$\s*$/

export class ReplayScreen implements ReplayTerminal {
  /** what has come since the last typing */
  private since = ''
  private typed = false
  private readonly grew = new EventEmitter<{ grew: [] }>()

  constructor(
    private readonly of: {
      input: (data: string) => void
      /** as the room says, without what was typed since */
      atPrompt: () => boolean
      /** ends every wait */
      signal?: AbortSignal
    },
  ) {}

  /** A screen is what the terminal shows, without marks: the state says whether a shell waits there. */
  screen(data: string): void {
    this.since = data
    this.grew.emit('grew')
  }

  output(data: string): void {
    this.since += data
    this.grew.emit('grew')
  }

  /** What `atPrompt` says may have changed. */
  changed(): void {
    this.grew.emit('grew')
  }

  /** without control sequences */
  get text(): string {
    return stripVTControlCharacters(this.since)
  }

  /** with them, the shell's marks among them */
  get raw(): string {
    return this.since
  }

  prompt(limitMs = SHOWS_LIMIT_MS): Promise<void> {
    const isMarked = () => this.since.includes(PROMPT_MARK)
    // After typing, only a new mark counts: the state may still tell of the prompt that was typed at. Before, the state
    // may be ahead of the output: a first prompt that comes after the first command would be taken for its end.
    const waits = () => (this.typed ? isMarked() : this.of.atPrompt() && (isMarked() || PROMPT_SHOWN.test(this.text)))
    return this.wait(waits, 'a shell prompt', limitMs)
  }

  async type(text: string): Promise<void> {
    this.of.signal?.throwIfAborted()
    this.since = ''
    this.typed = true
    this.of.input(text)
  }

  shows(text: RegExp, limitMs = SHOWS_LIMIT_MS): Promise<void> {
    return this.wait(() => text.test(this.since), String(text), limitMs)
  }

  private async wait(holds: () => boolean, what: string, limitMs: number): Promise<void> {
    const limit = AbortSignal.timeout(limitMs)
    const signal = this.of.signal ? AbortSignal.any([limit, this.of.signal]) : limit
    try {
      while (!holds()) await once(this.grew, 'grew', { signal })
    } catch (error) {
      this.of.signal?.throwIfAborted()
      const tail = JSON.stringify(this.since.slice(-SCREEN_TAIL_CHARS))
      throw new Error(`waited ${limitMs} ms for ${what}; the terminal shows ${tail}`, { cause: error })
    }
  }
}
