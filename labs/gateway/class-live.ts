/** The WebSocket of an instructor who looks at a class: labs/protocol/class.ts. */
import { randomBytes } from 'node:crypto'
import type { RawData, WebSocket } from 'ws'
import type { AuditAction } from '#config/audit-actions.ts'
import { type BoardRow, type FromBoard, type ToBoard, toBoard } from '#labs/protocol/class.ts'
import { type ClassBoard, drillAll, tellAll } from './class-board.ts'
import { Deeds, receive } from './received.ts'
import { shownError } from './requests.ts'
import { type Allowed, Stream } from './stream.ts'

/** Each is a message or a fault to everybody. */
const DEEDS = { burst: 5, refillMs: 2_000 }
/** Whether a slow browser has taken what it was sent is looked at so often. */
const CAUGHT_UP_EVERY_MS = 250

/**
 * @param by.name for the learners
 * @param by.record writes down what is about to be done; rejects where they may not
 * @param gone called once when the browser has left
 */
export function serveBoard(
  socket: WebSocket,
  board: ClassBoard,
  by: { name: string; record: (action: AuditAction, details: Record<string, unknown>) => Promise<void> },
  allowed: Allowed,
  gone: () => void,
): void {
  const deeds = new Deeds(DEEDS)
  const stream = new Stream(socket, { message: onMessage, closed: onClosed, allowed })
  const show = (message: FromBoard) => stream.write(JSON.stringify(message))
  const showError = (error: unknown) => show({ type: 'error', ...shownError(error).body })
  /** It missed some: it gets all, once it has caught up. */
  let missed = false

  let again: NodeJS.Timeout | null = null
  const showBoard = () => {
    missed = stream.isBehind
    if (again) clearTimeout(again)
    again = missed ? setTimeout(showBoard, CAUGHT_UP_EVERY_MS) : null
    if (!missed) show({ type: 'board', board: board.board })
  }
  const showRows = (rows: BoardRow[]) => {
    if (missed || stream.isBehind) return showBoard()
    show({ type: 'rows', rows })
  }

  async function act(message: ToBoard): Promise<void> {
    deeds.require()
    await board.load()
    const details = { lab: board.lab.slug, learners: board.rooms.length }
    switch (message.type) {
      case 'tell':
        await by.record('class-told', details)
        return show({ type: 'done', what: 'tell', learners: tellAll(board, message.text, by.name) })
      case 'drill': {
        await by.record('drill-run', { ...details, drill: message.drill })
        const id = randomBytes(6).toString('base64url')
        return show({ type: 'done', what: 'drill', learners: await drillAll(board, id, message.drill, by.name) })
      }
    }
  }

  function onMessage(data: RawData, isBinary: boolean): void {
    receive({ data, isBinary }, toBoard, { act, showError, deeds, stream })
  }

  function onClosed(): void {
    if (again) clearTimeout(again)
    board.off('board', showBoard)
    board.off('rows', showRows)
    gone()
  }

  board.on('board', showBoard)
  board.on('rows', showRows)
  stream.orDrop(showBoard)
}
