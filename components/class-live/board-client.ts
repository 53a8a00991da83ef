/**
 * The one WebSocket of a live class page: labs/protocol/class.ts. Reconnects by itself. A row that did not change stays the
 * same object.
 */
import { gatewayUrl } from '#components/workbench/gateway-url.ts'
import { Store } from '#components/workbench/store.ts'
import type { Board, BoardRow, Drill, FromBoard, ToBoard } from '#labs/protocol/class.ts'
import { CLOSE } from '#labs/protocol/close.ts'

const FIRST_RETRY_MS = 200
const LAST_RETRY_MS = 5_000
/** The sign-in or the right is over: it is no use to try again. */
const OVER: ReadonlySet<number> = new Set([CLOSE.signedOut, CLOSE.notAllowed])
/** So many refusals before there was ever a board, and it is not the network. */
const REFUSALS = 3

export type Done = { what: 'tell' | 'drill'; learners: number; number: number }
export type BoardSnapshot = {
  board: Board | null
  connection: 'connecting' | 'open' | 'lost' | 'refused'
  /** the newest answer to what was done */
  done: Done | null
  problem: string | null
}

const NOTHING: BoardSnapshot = { board: null, connection: 'connecting', done: null, problem: null }

export class BoardClient extends Store<BoardSnapshot> {
  #socket: WebSocket | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #retryMs = FIRST_RETRY_MS
  #refusals = 0
  #answers = 0

  constructor(
    private readonly classId: string,
    private readonly lab: string,
  ) {
    super(NOTHING)
  }

  open(): void {
    const socket = new WebSocket(gatewayUrl(`/gateway/classes/${this.classId}/live`, { lab: this.lab }))
    this.#socket = socket
    socket.onopen = () => {
      if (this.#socket !== socket) return
      this.#retryMs = FIRST_RETRY_MS
      this.#refusals = 0
      this.#change({ connection: 'open' })
    }
    socket.onmessage = ({ data }) => {
      if (this.#socket === socket) this.#receive(JSON.parse(String(data)) as FromBoard)
    }
    socket.onclose = ({ code }) => {
      if (this.#socket !== socket) return
      if (OVER.has(code)) this.#change({ board: null, connection: 'refused' })
      else this.#lost()
    }
  }

  close(): void {
    clearTimeout(this.#timer)
    const socket = this.#socket
    this.#socket = null
    socket?.close()
  }

  tell(text: string): void {
    this.#send({ type: 'tell', text })
  }

  drill(drill: Drill): void {
    this.#send({ type: 'drill', drill })
  }

  #send(message: ToBoard): void {
    this.#change({ problem: null })
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message))
  }

  #lost(): void {
    this.#socket = null
    this.#refusals += 1
    if (this.snapshot.board === null && this.#refusals >= REFUSALS) return this.#change({ connection: 'refused' })
    this.#change({ connection: this.snapshot.board === null ? 'connecting' : 'lost' })
    this.#timer = setTimeout(() => this.open(), this.#retryMs)
    this.#retryMs = Math.min(LAST_RETRY_MS, this.#retryMs * 2)
  }

  #receive(message: FromBoard): void {
    switch (message.type) {
      case 'board':
        return this.#change({ board: message.board })
      case 'rows': {
        const { board } = this.snapshot
        return this.#change({ board: board && { ...board, rows: replaced(board.rows, message.rows) } })
      }
      case 'done': {
        this.#answers += 1
        const { what, learners } = message
        return this.#change({ done: { what, learners, number: this.#answers } })
      }
      case 'error':
        return this.#change({ problem: message.message })
    }
  }

  #change(change: Partial<BoardSnapshot>): void {
    this.set({ ...this.snapshot, ...change })
  }
}

function replaced(rows: BoardRow[], fresh: BoardRow[]): BoardRow[] {
  const by = new Map(fresh.map((row) => [row.userId, row]))
  return rows.map((row) => by.get(row.userId) ?? row)
}
