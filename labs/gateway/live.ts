/** The WebSocket of one browser: labs/protocol/live.ts. What it sends is validated, what it is sent is bounded. */
import { randomBytes } from 'node:crypto'
import type { RawData, WebSocket } from 'ws'
import type { AuditAction } from '#config/audit-actions.ts'
import { KraftlabError } from '#config/errors.ts'
import { MAX_INPUT_CHARS, type TimelineEvent, type ToBrowser, type ToGateway, toGateway } from '#labs/protocol/live.ts'
import type { LiveLabSession } from './live-lab-session.ts'
import { requireMay } from './may.ts'
import { Deeds, receive } from './received.ts'
import { shownError } from './requests.ts'
import { type Allowed, Stream } from './stream.ts'

/** JSON writes a control character as six; the rest of a message is small. */
export const MAX_MESSAGE_BYTES = MAX_INPUT_CHARS * 6 + 1_024

/** Two frames of a screen: nobody sees a state for less. */
const STATE_EVERY_MS = 75
/** Thousands of partitions take longer to write out. */
const STATE_CHARS_A_MS = 4_096
/** Numbers that move all the time, as six nodes' log ends do, are read once in a while, not at each step. */
const SAMPLES_EVERY_MS = 500
/** A large state comes less often, so that none takes more than this; only samples wait so long. */
const SAMPLE_BYTES_A_MS = 64
/** What is written down or starts a process: far more than a person does. */
const DEEDS = { burst: 20, refillMs: 250 }
const DEED: ReadonlySet<ToGateway['type']> = new Set([
  'terminal.open',
  'terminal.run',
  'answer',
  'predict',
  'hint',
  'solution',
  'step.reset',
  'fault',
  'try',
  'file.save',
  'help',
  'watch',
  'watch.ask',
  'note',
  'extend',
  'reset',
])
/** What a page does by itself, for as long as it is open. */
const PASSIVE: ReadonlySet<ToGateway['type']> = new Set([
  'terminal.acknowledge',
  'terminal.visible',
  'log.read',
  'facts.look',
  'files.list',
  'file.read',
])
/** Tabs of one page, with room to spare. */
const MAX_ATTACHED = 64

type InstructorMessage = Extract<ToGateway, { type: 'watch' | 'watch.ask' | 'note' | 'extend' | 'reset' }>
type ViewerMessage = Extract<
  ToGateway,
  { type: 'terminal.detach' | 'terminal.acknowledge' | 'terminal.visible' | 'terminal.resize' }
>

/** An instructor: what they do is recorded first (rejects where they may not), with their name for the learner. */
export type InstructorView = {
  is: 'instructor'
  name: string
  record: (action: AuditAction, details?: Record<string, unknown>) => Promise<void>
  reset: () => Promise<void>
}
/** `resetTo`: back to the beginning of a step. */
export type View = { is: 'learner'; resetTo: (step: string) => Promise<void> } | InstructorView

/**
 * @param allowed asked now and then (with whether an instructor watches): a sign-out ends the streams, too
 * @param gone called once when the browser has left
 */
export function serveBrowser(
  socket: WebSocket,
  live: LiveLabSession,
  view: View,
  allowed: (watches: boolean) => ReturnType<Allowed>,
  gone: () => void,
): void {
  const name = randomBytes(6).toString('base64url')
  const attached = new Map<string, string>()
  const deeds = new Deeds(DEEDS)
  let stateTimer: NodeJS.Timeout | null = null
  /** when the timer rings, and when a state was last sent, ms on a monotonic clock */
  let stateDue = 0
  let shownAt = 0
  let shown = ''

  const stream = new Stream(socket, {
    message: onMessage,
    closed: onClosed,
    allowed: () => allowed(live.watchers.isWatching(name)),
  })
  const show = (message: ToBrowser) => stream.write(JSON.stringify(message))
  const showError = (error: unknown) => show({ type: 'error', ...shownError(error).body })
  const showState = () => {
    stateTimer = null
    if (stream.isBehind) return showStateSoon(false)
    const state = live.stateMessage()
    if (state === shown) return
    shown = state
    shownAt = performance.now()
    stream.write(state)
  }
  function showStateSoon(samples: boolean): void {
    const now = performance.now()
    const soon = now + Math.max(STATE_EVERY_MS, shown.length / STATE_CHARS_A_MS)
    const samplesDue = shownAt + Math.max(SAMPLES_EVERY_MS, shown.length / SAMPLE_BYTES_A_MS)
    const due = samples ? Math.max(samplesDue, soon) : soon
    if (stateTimer && stateDue <= due) return
    if (stateTimer) clearTimeout(stateTimer)
    stateDue = due
    stateTimer = setTimeout(() => stream.orDrop(showState), due - now)
  }
  const showEvents = (events: TimelineEvent[]) => show({ type: 'timeline', whole: false, events })

  async function look(at: number): Promise<void> {
    const then = await live.looks.ask(name, at)
    if (then) show({ type: 'then', ...then })
  }
  /** Written out in its turn, too: that is a part of what it costs. */
  async function answer(work: () => Promise<ToBrowser>): Promise<void> {
    stream.write(await live.turns.ask(name, async () => JSON.stringify(await work())))
  }
  async function readLog(wish: Extract<ToGateway, { type: 'log.read' }>): Promise<void> {
    const page = await live.logs.ask(name, wish)
    if (page) show({ type: 'log.page', page })
  }
  /** Answered in any case, and with its path: the page waits for it. */
  const onFiles = <Answer>(work: () => Promise<Answer>) =>
    live.fileTurns
      .ask(name, work)
      .catch((error: unknown) => ({ state: 'refused' as const, says: shownError(error).body.message }))
  // When a room ends its viewers are forgotten there.
  const onEnded = () => attached.clear()

  async function act(message: ToGateway): Promise<void> {
    requireMay(view.is, message.type, live.watchers, name)
    if (DEED.has(message.type)) deeds.require()
    if (view.is === 'learner' && !PASSIVE.has(message.type)) live.active()
    switch (message.type) {
      case 'active':
        break
      case 'answer':
        live.requireRoom()
        live.engine.answer(message.step, message.given)
        break
      case 'predict': {
        live.requireRoom()
        const refused = live.engine.predict(message.step, message.given)
        if (refused !== null) show({ type: 'refused', step: message.step, says: refused })
        break
      }
      case 'fault':
        await live.fault(message.fault)
        break
      case 'try':
        await live.tryIt(message.check)
        break
      case 'look':
        await look(message.at)
        break
      case 'log.read':
        await readLog(message)
        break
      case 'state.read':
        await answer(async () => ({ type: 'state.view', view: await live.metadata.view(message.source) }))
        break
      case 'state.compare': {
        const { before, after } = message
        await answer(async () => ({
          type: 'state.compared',
          before,
          after,
          ...(await live.metadata.compare(before, after)),
        }))
        break
      }
      case 'state.prove':
        await answer(async () => ({
          type: 'state.proved',
          proof: await live.metadata.prove(message.host, message.file),
        }))
        break
      case 'facts.look':
        live.lookAtFacts(name, message.on)
        break
      case 'change':
        await answer(async () => ({ type: 'change', change: live.metadata.change(message.seq) }))
        break
      case 'files.list':
        show({ type: 'files', answer: await onFiles(() => live.files.list()) })
        break
      case 'file.read': {
        const { path } = message
        show({ type: 'file', path, answer: await onFiles(() => live.files.read(path)) })
        break
      }
      case 'file.save': {
        const { path, content, was } = message
        show({ type: 'file.saved', path, answer: await onFiles(() => live.files.save(path, content, was)) })
        break
      }
      case 'hint':
        live.engine.hint(message.check, message.level)
        break
      case 'solution':
        show({ type: 'solution', step: message.step, actions: await live.solution(message.step) })
        break
      case 'step.reset':
        if (view.is === 'learner') await view.resetTo(message.step)
        break
      case 'step.reset.cancel':
        live.cancelReplay()
        break
      case 'help':
        live.engine.say({ type: 'help', wanted: message.wanted })
        break
      case 'watcher.allow':
        live.watchers.allow(message.watcher, message.allowed)
        break
      case 'watch':
      case 'watch.ask':
      case 'note':
      case 'extend':
      case 'reset':
        if (view.is === 'instructor') await actAsInstructor(message, view)
        break
      case 'terminal.open':
        show({ type: 'opened', terminal: await live.openTerminal(message) })
        break
      case 'terminal.run':
        show({ type: 'ran', terminal: await live.openTerminal(message) })
        break
      case 'terminal.attach':
        attach(message)
        break
      case 'terminal.input':
      case 'terminal.close':
        if (!live.hasTerminal(message.terminal)) throw new KraftlabError('UNKNOWN_TERMINAL')
        live.send(message)
        break
      default:
        actAsViewer(message)
    }
  }

  async function actAsInstructor(
    message: InstructorMessage,
    { name: by, record, reset }: InstructorView,
  ): Promise<void> {
    switch (message.type) {
      case 'watch':
        if (!message.on) return stopWatching()
        if (!live.isLive) throw new KraftlabError('ROOM_ENDED')
        await record('terminal-watched')
        // They may have left meanwhile.
        if (socket.readyState !== socket.OPEN) break
        live.watchers.begin(name, by)
        show({ type: 'watching', watcher: name })
        break
      case 'watch.ask':
        await record('typing-asked')
        live.watchers.ask(name)
        break
      case 'note': {
        const { step, text } = message
        if (!live.engine.lab.steps.some(({ id }) => id === step)) throw new KraftlabError('BAD_REQUEST')
        if (!live.isLive) throw new KraftlabError('ROOM_ENDED')
        await record('note-left', { step })
        live.engine.say({ type: 'noted', step, text, by })
        break
      }
      case 'extend':
        live.requireRoom()
        await record('lab-session-extended', { minutes: message.minutes })
        live.engine.say({ type: 'extended', until: Date.now() + message.minutes * 60_000, by })
        break
      case 'reset':
        await record('lab-reset')
        await reset()
        break
    }
  }

  function stopWatching(): void {
    live.watchers.end(name)
    show({ type: 'watching', watcher: null })
    for (const viewer of attached.values()) live.detach(viewer)
    attached.clear()
  }

  function actAsViewer(message: ViewerMessage): void {
    const viewer = attached.get(message.terminal)
    // It was under way when the terminal or the room ended.
    if (!viewer) return
    switch (message.type) {
      case 'terminal.detach':
        attached.delete(message.terminal)
        live.detach(viewer)
        break
      case 'terminal.acknowledge':
        live.send({ type: 'viewer.acknowledge', viewer, chars: message.chars })
        break
      case 'terminal.visible':
        live.send({ type: 'viewer.visible', viewer, visible: message.visible })
        break
      case 'terminal.resize':
        live.send({ type: 'viewer.resize', viewer, cols: message.cols, rows: message.rows })
        break
    }
  }

  function attach(message: Extract<ToGateway, { type: 'terminal.attach' }>): void {
    const { terminal, visible, cols, rows } = message
    if (!live.hasTerminal(terminal)) throw new KraftlabError('UNKNOWN_TERMINAL')
    if (attached.size >= MAX_ATTACHED) throw new KraftlabError('TOO_MANY_TERMINALS')
    const before = attached.get(terminal)
    if (before) live.detach(before)
    // A new name each time: what is still under way to the old one must not be drawn over the new screen.
    const viewer = `${name}.${randomBytes(4).toString('base64url')}`
    attached.set(terminal, viewer)
    live.attach(viewer, terminal, show)
    const watches = view.is === 'instructor'
    live.send({ type: 'viewer.attach', viewer, terminal, visible, watches, cols, rows })
  }

  function onMessage(data: RawData, isBinary: boolean): void {
    receive({ data, isBinary }, toGateway, { act, showError, deeds, stream })
  }

  function onClosed(): void {
    if (stateTimer) clearTimeout(stateTimer)
    live.off('changed', showStateSoon)
    live.off('told', showEvents)
    live.off('ended', onEnded)
    live.off('left', onEnded)
    live.watchers.end(name)
    for (const viewer of attached.values()) live.detach(viewer)
    live.lookAtFacts(name, false)
    live.looks.forget(name)
    live.logs.forget(name)
    live.turns.forget(name)
    live.fileTurns.forget(name)
    if (view.is === 'learner') live.left()
    else live.instructors--
    gone()
  }

  if (view.is === 'learner') live.entered()
  else live.instructors++
  live.on('changed', showStateSoon)
  live.on('told', showEvents)
  live.on('ended', onEnded)
  live.on('left', onEnded)
  stream.orDrop(() => {
    showState()
    show({ type: 'timeline', whole: true, events: [...live.engine.timeline] })
  })
}
