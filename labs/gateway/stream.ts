/** One browser's WebSocket: what it is sent is bounded, a dead or signed-out one is noticed, one that floods is slowed. */
import type { RawData, WebSocket } from 'ws'
import { CLOSE } from '#labs/protocol/close.ts'
import { log, shownError } from './requests.ts'

/** A browser that has not taken this much yet gets nothing that is superseded: it would only be older when it arrives. */
const BEHIND_BYTES = 256 * 1_024
/** The switch gives each viewer credit of some 100,000 characters; a browser this far behind is gone or hostile. */
const DROP_BYTES = 8 * 1_024 * 1_024
/** More than a person pastes; one that sends faster is read more slowly, so that nothing piles up before its room. */
const INPUT_BYTES_A_SECOND = 2 * 1_024 * 1_024
/** A dead connection is noticed after two of these. */
const PING_EVERY_MS = 20_000

/** A browser that does not answer a close. */
const CLOSE_LIMIT_MS = 1_000

export type Allowed = () => Promise<typeof CLOSE.signedOut | typeof CLOSE.notAllowed | null>

export class Stream {
  private answered = true
  private dropped = false
  private second = 0
  private bytes = 0

  /**
   * @param on.message each text or binary frame
   * @param on.closed called once
   * @param on.allowed asked now and then: a sign-out, or a right that was lost, ends the stream with that code; null: it holds
   */
  constructor(
    private readonly socket: WebSocket,
    on: {
      message: (data: RawData, isBinary: boolean) => void
      closed: () => void
      allowed: Allowed
    },
  ) {
    const ping = setInterval(() => this.ping(on.allowed), PING_EVERY_MS)
    socket.on('message', (data, isBinary) => {
      // One that was closed may send until it answers.
      if (this.dropped) return
      this.readSlowly(data)
      on.message(data, isBinary)
    })
    socket.on('pong', () => {
      this.answered = true
    })
    // A frame that is too large or broken: ws closes the connection itself.
    socket.on('error', () => socket.terminate())
    socket.once('close', () => {
      clearInterval(ping)
      on.closed()
    })
  }

  get isBehind(): boolean {
    return this.socket.bufferedAmount > BEHIND_BYTES
  }

  write(text: string): void {
    if (this.socket.readyState !== this.socket.OPEN) return
    if (this.socket.bufferedAmount > DROP_BYTES) return this.drop(CLOSE.behind, 'too far behind')
    this.socket.send(text)
  }

  drop(code: number, why: string): void {
    this.dropped = true
    this.socket.close(code, why)
    // One that does not read does not see the close either.
    if (code === CLOSE.behind) this.socket.terminate()
    else setTimeout(() => this.socket.terminate(), CLOSE_LIMIT_MS).unref()
  }

  /** What cannot be shown is this browser's misfortune, not that of all whom the gateway serves. */
  orDrop(work: () => void): void {
    try {
      work()
    } catch (error) {
      log(error)
      this.drop(CLOSE.failed, 'could not be shown')
    }
  }

  private ping(allowed: Allowed): void {
    if (!this.answered) return this.socket.terminate()
    this.answered = false
    this.socket.ping()
    allowed().then(
      (lost) => lost === null || this.drop(lost, lost === CLOSE.signedOut ? 'signed out' : 'not allowed'),
      // The database is away for a moment: the next ping asks again.
      (error) => shownError(error),
    )
  }

  private readSlowly(data: RawData): void {
    const { socket } = this
    const now = Math.floor(performance.now() / 1_000)
    if (now !== this.second) this.bytes = 0
    this.second = now
    this.bytes += (data as Buffer).length
    if (this.bytes < INPUT_BYTES_A_SECOND || socket.isPaused) return
    socket.pause()
    setTimeout(() => socket.resume(), 1_000)
  }
}
