/**
 * A lab session that people look at: joins the engine's lab session (history, checks) with its room (terminals, what the
 * watcher sees) and with the browsers that show both.
 */
import { EventEmitter } from 'node:events'
import { KraftlabError } from '#config/errors.ts'
import { questionId } from '#labs/engine/define.ts'
import type { LabSession } from '#labs/engine/lab-session.ts'
import { shownActions } from '#labs/engine/shown-solution.ts'
import type { Solution } from '#labs/engine/solution.ts'
import type { LabSessionState, ShownAction, TimelineEvent, ToBrowser, ToGateway } from '#labs/protocol/live.ts'
import type { LogPage, LogRange } from '#labs/protocol/log.ts'
import type { Fault, Need } from '#labs/protocol/observation.ts'
import type { FromSwitch, Terminal, ToSwitch } from '#labs/protocol/room.ts'
import type { Room } from '#labs/sandbox/room.ts'
import { Files } from './files.ts'
import { Looks } from './looks.ts'
import { REPLAY_LIMIT_MS, replayUpTo } from './replay.ts'
import { States } from './states.ts'
import type { TrialOutcome, TrialRun } from './trial.ts'
import { Turns } from './turns.ts'
import { Watchers } from './watchers.ts'

/** Longer than a need's cadence and a file's read on a busy machine; `labs verify` waits 20 s for its answer. */
const ASSESS_LIMIT_MS = 12_000
/** Between two pages of a log, times as long as the first took. */
const LOG_REST = 1

type Viewer = { terminal: string; show: (message: ToBrowser) => void }
type Events = {
  /** `samples`: only in numbers that move all the time */
  changed: [samples: boolean]
  told: [TimelineEvent[]]
  ended: [why: string]
  /** its room is being replaced by a fresh one */
  left: []
}
type Replaying = NonNullable<LabSessionState['replay']> & { abort: AbortController }
type Trying = NonNullable<LabSessionState['trying']> & { abort: AbortController }

export class LiveLabSession extends EventEmitter<Events> {
  private room: Room | null = null
  private roomState: LabSessionState['room'] = { status: 'starting', says: '', next: null }
  private hosts: string[]
  private terminals: Terminal[] = []
  private readonly opened = new Set<string>()
  private readonly viewers = new Map<string, Viewer>()
  private shown: string | null = null
  private watched: Need[] = []
  private assessing = 0
  private welcomed = false
  /** number of the last observation of this room that the engine was given */
  private newest = 0
  private replaying: Replaying | null = null
  private replayFailed: string | null = null
  private trying: Trying | null = null
  readonly looks = new Looks((at: number) => this.engine.viewAt(at))
  /** most of what one takes is the room's time */
  readonly logs = new Looks((wish: { host: string; range: LogRange }) => this.readLog(wish.host, wish.range), LOG_REST)
  /** costly: to be asked by `turns` */
  readonly metadata: States
  private readonly lookers = new Set<string>()
  readonly turns = new Turns()
  /** to be asked by `fileTurns`: one is saved after another */
  readonly files: Files
  readonly fileTurns = new Turns()
  readonly watchers: Watchers
  /** classes in which the lab is assigned to the learner */
  private helpFrom: string[] = []
  lastActive = Date.now()
  /** of the learner */
  browsers = 0
  /** browsers of instructors */
  instructors = 0

  constructor(
    readonly engine: LabSession,
    /** the learner it was started for */
    readonly userId: string,
    private readonly passedBefore: ReadonlySet<string>,
    /** of the lab session's lab */
    private readonly loadSolution: () => Promise<Solution> = async () => ({}),
    /** rejects with a KraftlabError where there is no room for one */
    private readonly runTrial: (run: TrialRun) => Promise<TrialOutcome> = async () => {
      throw new KraftlabError('UNAVAILABLE')
    },
  ) {
    super()
    // One listener a browser; their number is bounded elsewhere.
    this.setMaxListeners(0)
    this.hosts = engine.lab.hosts.map(({ name }) => name)
    this.metadata = new States(engine, (host, file, after, take) => {
      if (!this.hosts.includes(host)) throw new KraftlabError('UNKNOWN_HOST')
      return this.requireRoom().readSnapshot({ host, file, after }, take)
    })
    this.files = new Files(engine.lab.editor, () => this.requireRoom())
    this.watchers = new Watchers(engine, () => this.changed())
    engine.on('changed', (samples) => this.changed(samples))
    engine.on('told', (events) => this.emit('told', events))
    engine.on('needs', () => this.watch())
    engine.on('stored', () => this.room?.send({ type: 'seen', number: this.engine.seen }))
  }

  get id(): string {
    return this.engine.id
  }
  get lab(): string {
    return this.engine.lab.slug
  }
  /** Its room is there or on its way. */
  get isLive(): boolean {
    return this.roomState.status === 'starting' || this.roomState.status === 'ready'
  }

  /**
   * @param seen number of the last observation of this room that is in the history; 0 for a fresh room
   * @param prepare what is done before anybody may use it
   */
  async join(room: Room, seen: number, prepare: () => Promise<void> = async () => {}): Promise<void> {
    this.room = room
    room.on('message', (message) => {
      if (this.room === room) this.onSwitch(message)
    })
    room.on('gone', (why) => {
      if (this.room !== room) return
      this.end(`The room has ended: ${why}. Your progress is kept: start a new room to go on.`)
    })
    this.newest = seen
    room.send({ type: 'hello', seen })
    this.watch()
    await prepare()
    if (!this.isLive) return
    this.active()
    this.setRoom('ready', '')
  }

  /** Says that there is no room (any more), and why. Ends the room if there is one. */
  end(why: string, status: 'ended' | 'failed' = 'ended'): void {
    if (!this.isLive) return
    const room = this.room
    this.room = null
    this.terminals = []
    this.viewers.clear()
    this.replaying?.abort.abort(new Error(why))
    this.replaying = null
    this.endTrial()
    this.engine.note('room-ended', why)
    this.setRoom(status, why)
    this.ending = room ? room.end() : Promise.resolve()
    this.emit('ended', why)
  }
  /** settled when nothing of the room is left */
  ending: Promise<void> = Promise.resolve()

  mayResetTo(step: string): boolean {
    return this.engine.mayResetTo(step, this.passedBefore)
  }

  /** Gives up its room for a fresh one, in which it goes back to the beginning of a step. Settled when the old one is gone. */
  async reset(step: string): Promise<void> {
    const room = this.requireRoom()
    this.endTrial()
    this.room = null
    this.terminals = []
    this.viewers.clear()
    this.opened.clear()
    this.welcomed = false
    this.newest = 0
    this.replayFailed = null
    const before = this.engine.lab.steps.findIndex(({ id }) => id === step)
    this.replaying = { step, done: 0, of: before, doing: '', cancelled: false, abort: new AbortController() }
    this.engine.reset(step)
    this.emit('left')
    this.setRoom('starting', '')
    await room.end()
  }

  /** In the fresh room: what was done before the step is done once more. How it ended is in the history. */
  async replay(): Promise<void> {
    const { room, replaying } = this
    if (!room || !replaying) return
    const { step, abort } = replaying
    const limit = AbortSignal.timeout(REPLAY_LIMIT_MS)
    try {
      await replayUpTo(step, await this.loadSolution(), {
        engine: this.engine,
        room,
        see: () => this.state(),
        terminals: () => this.terminals,
        attach: (viewer, terminal, show) => this.attach(viewer, terminal, show),
        detach: (viewer) => this.detach(viewer),
        files: this.files,
        tryIt: (check) => this.tryIn(room, check),
        doing: (doing, done) => {
          if (this.replaying !== replaying) return
          Object.assign(replaying, { doing, done })
          this.changed()
        },
        signal: AbortSignal.any([abort.signal, limit]),
      })
      this.engine.replayed('done', 'The steps before it were done for you, and do not count')
    } catch (error) {
      if (!this.isLive) return
      const how = replaying.cancelled ? 'cancelled' : 'failed'
      const why = limit.aborted ? `it took more than ${REPLAY_LIMIT_MS / 60_000} minutes` : messageOf(error)
      const says = replaying.cancelled
        ? 'You stopped it. The room is as far as the solution had come.'
        : `The solution did not come through, and the room is as far as it had come: ${why}`
      this.replayFailed = says
      this.engine.replayed(how, says)
    }
    await this.engine.settled()
    this.replaying = null
    this.changed()
  }

  cancelReplay(): void {
    const { replaying } = this
    if (!replaying) return
    replaying.cancelled = true
    replaying.abort.abort(new Error('cancelled'))
    this.changed()
  }

  /** It needs the memory of a second room. */
  get isTrying(): boolean {
    return this.trying !== null
  }

  /**
   * Makes the trial of a check; settled when its result is in the history.
   * @throws KraftlabError BAD_REQUEST where there is none to be made, ALREADY_SO while one is being made, TOO_MANY_ROOMS,
   * ROOM_ENDED; UNAVAILABLE while the room starts
   */
  tryIt(check: string): Promise<void> {
    return this.tryIn(this.requireRoom(), check)
  }

  private async tryIn(room: Room, check: string): Promise<void> {
    const trial = this.engine.trialAt(check)
    if (!trial) throw new KraftlabError('BAD_REQUEST', 'There is nothing to try at this check now.')
    if (this.trying) throw new KraftlabError('ALREADY_SO', 'One is being tried already. Wait for its result.')
    const abort = new AbortController()
    const trying: Trying = { check, doing: 'copying', since: Date.now(), abort }
    this.trying = trying
    this.changed()
    try {
      const { result, shown } = await this.runTrial({
        lab: this.engine.lab,
        trial,
        read: (of) => room.readDirectory(of),
        doing: (doing) => {
          trying.doing = doing
          this.changed()
        },
        signal: abort.signal,
      })
      // Of a room that was replaced meanwhile nothing counts any more.
      if (this.trying !== trying) return
      this.engine.tried(check, result, shown)
      await this.engine.settled()
    } catch (error) {
      if (!abort.signal.aborted) throw error
    } finally {
      if (this.trying === trying) {
        this.trying = null
        this.changed()
      }
    }
  }

  private endTrial(): void {
    this.trying?.abort.abort(new Error('its room has ended'))
    this.trying = null
  }

  /** Shows how a lab session ended that was over before this gateway began. */
  endedEarlier(why: string): void {
    this.setRoom('ended', why)
  }

  /** Says which lab session took its place. */
  replacedBy(next: string): void {
    this.roomState = { ...this.roomState, next }
    this.changed()
  }

  setHelpFrom(classes: string[]): void {
    if (String(classes) === String(this.helpFrom)) return
    this.helpFrom = classes
    this.changed()
  }

  /** Nothing was done for so long, and nobody extended it. */
  isIdle(idleMs: number, now: number): boolean {
    return now - this.lastActive > idleMs && now > (this.engine.teaching.kept?.until ?? 0)
  }

  get isLookedAt(): boolean {
    return this.browsers + this.instructors > 0
  }

  /** One more browser of the learner. */
  entered(): void {
    this.browsers++
    this.active()
  }

  left(): void {
    this.browsers--
    // Nobody types where the learner does not see it.
    if (this.browsers === 0) for (const { id } of this.watchers.list) this.watchers.allow(id, false)
  }

  /** A learner did something: the room is not idle. */
  active(): void {
    this.lastActive = Date.now()
  }

  /** The whole state as it goes to browsers; serialised once for all of them. */
  stateMessage(): string {
    this.shown ??= JSON.stringify({ type: 'state', state: this.state() } satisfies ToBrowser)
    return this.shown
  }

  /** @throws KraftlabError ROOM_ENDED, or UNAVAILABLE while it starts */
  send(message: ToSwitch): void {
    this.requireRoom().send(message)
  }

  /** @throws KraftlabError UNKNOWN_HOST, ROOM_ENDED, HOST_UNAVAILABLE; UNAVAILABLE while the room starts */
  private async readLog(host: string, range: LogRange): Promise<LogPage> {
    if (!this.hosts.includes(host)) throw new KraftlabError('UNKNOWN_HOST')
    return this.requireRoom().readLog(host, range)
  }

  /** Opens a terminal, or types a command into one. @returns the terminal's id */
  async openTerminal(message: Extract<ToGateway, { type: 'terminal.open' | 'terminal.run' }>): Promise<string> {
    if (!this.hosts.includes(message.host)) throw new KraftlabError('UNKNOWN_HOST')
    const { terminal } = await this.requireRoom().call(message)
    if (!terminal) throw new KraftlabError('HOST_UNAVAILABLE')
    this.opened.add(terminal)
    return terminal
  }

  hasTerminal(id: string): boolean {
    return this.opened.has(id) || this.terminals.some((one) => one.id === id)
  }

  attach(viewer: string, terminal: string, show: Viewer['show']): void {
    this.viewers.set(viewer, { terminal, show })
  }

  detach(viewer: string): void {
    if (this.viewers.delete(viewer)) this.room?.send({ type: 'viewer.detach', viewer })
  }

  /** Every check judged now, of all steps, once all that they need has been looked at. For `labs verify`. */
  async assess(): Promise<ReturnType<LabSession['assess']>> {
    this.requireRoom()
    const needs = this.engine.needs('all')
    const awaited = new Set(
      needs.filter((need) => !this.watched.some(({ name }) => name === need.name)).map((need) => need.name),
    )
    this.assessing++
    this.watch()
    try {
      await this.results(needs, awaited)
      return this.engine.assess()
    } finally {
      this.assessing--
      this.watch()
    }
  }

  /** Waits until those awaited anew have come and all are in the history; gives up silently: a check then says so. */
  private async results(needs: Need[], awaited: Set<string>): Promise<void> {
    const { room } = this
    let newest = 0
    const note = (message: FromSwitch) => {
      if (message.type !== 'observed' || message.observation.type !== 'need') return
      if (awaited.delete(message.observation.name)) newest = message.number
    }
    room?.on('message', note)
    try {
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(limit)
          this.engine.off('changed', look)
          resolve()
        }
        const look = () => {
          if (awaited.size === 0 && this.engine.seen >= newest && this.engine.hasResults(needs)) done()
        }
        const limit = setTimeout(done, ASSESS_LIMIT_MS)
        this.engine.on('changed', look)
        look()
      })
    } finally {
      room?.off('message', note)
    }
  }

  /** What to do to pass a step, once it may be seen. @throws KraftlabError NOT_TRIED */
  async solution(step: string): Promise<ShownAction[]> {
    if (!this.engine.showSolution(step, Date.now())) throw new KraftlabError('NOT_TRIED')
    const solution = await this.loadSolution()
    await this.engine.settled()
    return shownActions(solution[step] ?? [], this.state())
  }

  async close(): Promise<void> {
    this.removeAllListeners()
    await this.engine.close()
  }

  /** @throws KraftlabError ROOM_ENDED, or UNAVAILABLE while it starts */
  requireRoom(): Room {
    if (this.room && this.roomState.status === 'ready') return this.room
    if (this.roomState.status === 'starting') throw new KraftlabError('UNAVAILABLE', 'The room is still starting.')
    throw new KraftlabError('ROOM_ENDED')
  }

  /** What the lab shows besides nodes and partitions is fetched while a browser looks at it. */
  lookAtFacts(browser: string, on: boolean): void {
    if (on === this.lookers.has(browser)) return
    if (on) this.lookers.add(browser)
    else this.lookers.delete(browser)
    if (this.lookers.size === (on ? 1 : 0)) this.watch()
  }

  private watch(): void {
    if (!this.room) return
    this.watched = this.engine.needs(this.assessing > 0 ? 'all' : 'open', this.lookers.size > 0)
    this.room.send({ type: 'needs', needs: this.watched })
  }

  private onSwitch(message: FromSwitch): void {
    switch (message.type) {
      case 'welcome':
        this.welcomed = true
        this.hosts = message.hosts
        this.setTerminals(message.terminals)
        this.noteGap(message.oldest)
        break
      case 'observed':
        // Before the welcome all comes again; a number is taken once.
        if (!this.welcomed || message.number <= this.newest) break
        this.newest = message.number
        this.engine.observe(message)
        break
      case 'terminals':
        this.setTerminals(message.terminals)
        break
      case 'viewer.screen': {
        const { data, cols, rows } = message
        this.show(message.viewer, (terminal) => ({ type: 'terminal.screen', terminal, data, cols, rows }))
        break
      }
      case 'viewer.output':
        this.show(message.viewer, (terminal) => ({ type: 'terminal.output', terminal, data: message.data }))
        break
      case 'viewer.resized': {
        const { cols, rows } = message
        this.show(message.viewer, (terminal) => ({ type: 'terminal.resized', terminal, cols, rows }))
        break
      }
      // Answers belong to their calls; the gateway starts no processes without a terminal.
      case 'reply':
      case 'log.page':
      case 'log.records':
      case 'process.output':
      case 'process.exit':
        break
    }
  }

  /** @throws KraftlabError ALREADY_SO, UNKNOWN_HOST, ROOM_ENDED, HOST_UNAVAILABLE; UNAVAILABLE while the room starts */
  async fault(fault: Fault, by: 'learner' | 'instructor' = 'learner'): Promise<void> {
    await this.requireRoom().call({ type: 'fault', fault, by })
  }

  private show(viewer: string, message: (terminal: string) => ToBrowser): void {
    const at = this.viewers.get(viewer)
    at?.show(message(at.terminal))
  }

  /** What the switch had to forget while no gateway listened is a gap in the history. */
  private noteGap(oldest: number): void {
    if (oldest <= this.newest + 1) return
    const at = Date.now()
    this.newest = oldest - 1
    const observation = { type: 'unobserved' as const, why: 'the gateway was away for too long', since: at }
    this.engine.observe({ number: this.newest, at, mono: performance.now(), observation })
  }

  private setTerminals(terminals: Terminal[]): void {
    this.terminals = terminals
    this.changed()
  }

  private setRoom(status: LabSessionState['room']['status'], says: string): void {
    this.roomState = { status, says, next: null }
    this.changed()
  }

  private changed(samples = false): void {
    this.shown = null
    this.emit('changed', samples)
  }

  private state(): LabSessionState {
    const { steps, clusters, cuts, facts, otherHosts } = this.engine.view()
    const { helpSince, notes, messages, kept } = this.engine.teaching
    return {
      id: this.id,
      lab: this.lab,
      room: this.roomState,
      replay: this.replaying && shownWithoutAbort(this.replaying),
      replayFailed: this.replayFailed,
      trying: this.trying && shownWithoutAbort(this.trying),
      help: { from: this.helpFrom, since: helpSince },
      watchers: this.watchers.list,
      notes,
      messages,
      kept,
      hosts: this.hosts,
      // They are the replay's until it is done.
      terminals: this.replaying ? [] : this.terminals,
      steps: steps.map((step) => ({
        ...step,
        mayReset: this.roomState.status === 'ready' && this.mayResetTo(step.id),
        checks: step.checks.map((check) => ({
          ...check,
          passedBefore: check.passedBefore || this.passedBefore.has(check.id),
        })),
        ask: step.ask && {
          ...step.ask,
          passedBefore: step.ask.passedBefore || this.passedBefore.has(questionId(step.id)),
        },
      })),
      clusters,
      cuts,
      facts,
      otherHosts,
    }
  }
}

const shownWithoutAbort = <Running extends { abort: AbortController }>({ abort: _, ...shown }: Running) => shown

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
