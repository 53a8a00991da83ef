/**
 * One terminal: its screen, kept by a headless xterm, and its viewers. Output passes the screen first, so that whoever
 * comes later, or fell behind, gets the screen as it is. The pty is slowed by acknowledgements: what it sent counts as
 * taken once the screen has parsed it and some visible viewer keeps up (or nobody looks).
 */
import { SerializeAddon } from '@xterm/addon-serialize'
import { Unicode11Addon } from '@xterm/addon-unicode11'
import { Terminal as Screen } from '@xterm/headless'
import type { FromSwitch, Terminal as TerminalState } from '#labs/protocol/room.ts'
import { listenForMarks, type Marks } from './marks.ts'
import { Replies } from './replies.ts'

/** xterm drops frames above this: a viewer that has so much on its way gets no more until it acknowledges. */
const HIGH_WATERMARK_CHARS = 100_000
const LOW_WATERMARK_CHARS = 5_000
/** A viewer this far behind gets a fresh screen instead of the backlog. */
const MAX_BEHIND_CHARS = 1_000_000
const SCROLLBACK_LINES = 2_000
/** A fresh screen carries this much of it. */
const SCREEN_SCROLLBACK_LINES = 1_000

type Size = { cols: number; rows: number }
type Say = (message: FromSwitch) => void

class Viewer {
  /** sent and not yet drawn */
  private onTheWay = 0
  private backlog = ''
  private needsScreen = false
  constructor(
    readonly id: string,
    public visible: boolean,
    /** reads along: nothing waits for it */
    readonly watches: boolean,
    private readonly say: Say,
    private readonly screen: () => Size & { data: string },
  ) {
    this.sendScreen()
  }

  get isBehind(): boolean {
    return this.onTheWay > HIGH_WATERMARK_CHARS
  }

  output(data: string): void {
    if (this.needsScreen) return
    if (!this.isBehind && this.backlog === '') return this.send(data)
    this.backlog += data
    if (this.backlog.length > MAX_BEHIND_CHARS) {
      this.backlog = ''
      this.needsScreen = true
    }
  }

  acknowledge(chars: number): void {
    this.onTheWay = Math.max(0, this.onTheWay - chars)
    if (this.onTheWay > LOW_WATERMARK_CHARS) return
    if (this.needsScreen) this.sendScreen()
    else if (this.backlog !== '') {
      this.send(this.backlog.slice(0, HIGH_WATERMARK_CHARS))
      this.backlog = this.backlog.slice(HIGH_WATERMARK_CHARS)
    }
  }

  sendScreen(): void {
    const screen = this.screen()
    this.needsScreen = false
    this.backlog = ''
    // A screen starts the count anew on both sides: it replaces whatever was on its way.
    this.onTheWay = 0
    this.say({ type: 'viewer.screen', viewer: this.id, ...screen })
  }

  private send(data: string): void {
    this.onTheWay += data.length
    this.say({ type: 'viewer.output', viewer: this.id, data })
  }
}

type Parts = Size & {
  id: string
  host: string
  title: string
  say: Say
  marks: Omit<Marks, 'prompt'>
  /** tell the pty */
  input: (data: string) => void
  resize: (size: Size) => void
  acknowledge: (chars: number) => void
  /** what `state` says has changed */
  changed: () => void
}

export class Terminal {
  private readonly screen: Screen
  private readonly serializer = new SerializeAddon()
  private readonly viewers = new Map<string, Viewer>()
  /** parsed, but every visible viewer is behind */
  private withheld = 0
  private atPrompt = false
  /** where the prompt ended: something stands behind it where the cursor is elsewhere */
  private promptEnd = { x: 0, y: 0 }
  private readonly replies = new Replies()
  private ended: string | null = null
  private waiting: (() => void)[] = []

  constructor(private readonly parts: Parts) {
    const { cols, rows } = parts
    this.screen = new Screen({ cols, rows, scrollback: SCROLLBACK_LINES, allowProposedApi: true })
    this.screen.loadAddon(this.serializer)
    this.screen.loadAddon(new Unicode11Addon())
    this.screen.unicode.activeVersion = '11'
    listenForMarks(this.screen, {
      prompt: () => {
        this.promptEnd = this.cursor
        this.setAtPrompt(true)
      },
      runs: (command, startedAt) => {
        this.setAtPrompt(false)
        parts.marks.runs(command, startedAt)
      },
      ended: parts.marks.ended,
    })
    // Programs ask the terminal what it is: answered here, once, and not by each viewer.
    this.screen.onData((data) => {
      this.replies.given(data)
      parts.input(data)
    })
  }

  get id(): string {
    return this.parts.id
  }
  get host(): string {
    return this.parts.host
  }
  get isAtPrompt(): boolean {
    return this.atPrompt && this.ended === null
  }
  /** At a prompt, with nothing typed behind it that would become part of a command. */
  get isFree(): boolean {
    const { x, y } = this.cursor
    return this.isAtPrompt && x === this.promptEnd.x && y === this.promptEnd.y
  }
  get isAlive(): boolean {
    return this.ended === null
  }
  get state(): TerminalState {
    const { id, host, title } = this.parts
    return { id, host, title, atPrompt: this.isAtPrompt, ended: this.ended }
  }

  /** Text of ours. */
  print(text: string): void {
    this.draw(text.replaceAll('\n', '\r\n'))
  }

  output(data: string): void {
    this.draw(data, () => {
      this.withheld += data.length
      this.release()
    })
  }

  /** The screen parses first, so that one serialised now holds exactly what viewers have been sent. */
  private draw(data: string, drawn?: () => void): void {
    this.screen.write(data, () => {
      for (const viewer of this.viewers.values()) viewer.output(data)
      drawn?.()
    })
  }

  end(why: string): void {
    if (this.ended !== null) return
    this.ended = why
    this.wake()
    this.parts.changed()
  }

  attach(id: string, { visible, watches, ...size }: Size & { visible: boolean; watches: boolean }): void {
    if (visible && !watches) this.resize(null, size)
    this.viewers.set(id, new Viewer(id, visible, watches, this.parts.say, () => this.serialized()))
    this.release()
  }

  detach(id: string): void {
    this.viewers.delete(id)
    this.release()
  }

  acknowledge(id: string, chars: number): void {
    this.viewers.get(id)?.acknowledge(chars)
    this.release()
  }

  setVisible(id: string, visible: boolean): void {
    const viewer = this.viewers.get(id)
    if (viewer) viewer.visible = visible
    this.release()
  }

  /** The viewer in use decides; the others are told. */
  resize(by: string | null, { cols, rows }: Size): void {
    if (cols === this.screen.cols && rows === this.screen.rows) return
    const wasFree = this.isFree
    this.screen.resize(cols, rows)
    if (wasFree) this.promptEnd = this.cursor
    if (this.ended === null) this.parts.resize({ cols, rows })
    for (const viewer of this.viewers.keys())
      if (viewer !== by) this.parts.say({ type: 'viewer.resized', viewer, cols, rows })
  }

  /** From a viewer; a return at a prompt means that a command may come. */
  type(data: string): void {
    const typed = this.replies.without(data)
    if (typed === '') return
    if (/[\r\n]/.test(typed)) this.setAtPrompt(false)
    this.parts.input(typed)
  }

  /** Resolves at the next prompt, now if there is one, or at the end, or after the limit: look at `isAtPrompt`. */
  prompt(limitMs: number): Promise<void> {
    if (this.isAtPrompt || this.ended !== null) return Promise.resolve()
    return new Promise((resolve) => {
      const limit = setTimeout(resolve, limitMs)
      this.waiting.push(() => {
        clearTimeout(limit)
        resolve()
      })
    })
  }

  dispose(): void {
    this.viewers.clear()
    this.wake()
    this.screen.dispose()
  }

  private get cursor(): { x: number; y: number } {
    const { cursorX, cursorY, baseY } = this.screen.buffer.normal
    return { x: cursorX, y: baseY + cursorY }
  }

  private serialized(): Size & { data: string } {
    const data = this.serializer.serialize({ scrollback: SCREEN_SCROLLBACK_LINES })
    return { cols: this.screen.cols, rows: this.screen.rows, data }
  }

  private setAtPrompt(atPrompt: boolean): void {
    if (this.atPrompt === atPrompt) return
    this.atPrompt = atPrompt
    if (atPrompt) this.wake()
    this.parts.changed()
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve()
  }

  /** Browsers throttle hidden tabs, so those never hold a pty back; nor does nobody. */
  private release(): void {
    const visible = [...this.viewers.values()].filter((viewer) => viewer.visible && !viewer.watches)
    if (this.withheld === 0 || (visible.length > 0 && visible.every((viewer) => viewer.isBehind))) return
    this.parts.acknowledge(this.withheld)
    this.withheld = 0
  }
}
