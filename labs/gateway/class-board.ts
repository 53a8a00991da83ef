/**
 * How the learners of a class get on with one lab: their lab sessions as the engine has them, and for those without a room
 * what the database has. One board serves all who look at it.
 */
import { EventEmitter } from 'node:events'
import { setInterval } from 'node:timers'
import type { BoardLearner } from '#data/class-live.ts'
import type { Lab } from '#labs/engine/define.ts'
import { checkIds } from '#labs/engine/steps.ts'
import type { DrillBegun } from '#labs/engine/teaching.ts'
import type { Board, BoardRow, Drill } from '#labs/protocol/class.ts'
import type { LiveLabSession } from './live-lab-session.ts'
import { log, shownError } from './requests.ts'

/** Between two pushes: nobody reads faster, and within a second is what an instructor is promised. */
const ROWS_EVERY_MS = 250
/** What time alone changes (stuck, idle) is looked at so often. */
const STANDINGS_EVERY_MS = 2_000
/** Who is in the class, and what those without a room have passed. */
const LEARNERS_EVERY_MS = 10_000

/** Where lab sessions come from. */
export type LiveSource = {
  liveOf(learner: Pick<BoardLearner, 'userId' | 'formerly'>): LiveLabSession[]
  on(event: 'carried', listener: () => void): unknown
  off(event: 'carried', listener: () => void): unknown
}
export type FindBoard = () => Promise<{ stuckMinutes: number; learners: BoardLearner[] }>
type Followed = { learner: BoardLearner; live: LiveLabSession[]; row: BoardRow; text: string }

export class ClassBoard extends EventEmitter<{ board: []; rows: [BoardRow[]] }> {
  private readonly followed = new Map<string, Followed>()
  private stuckMinutes = 0
  private readonly dirty = new Set<string>()
  private readonly timers: NodeJS.Timeout[]
  private shown = ''
  /** ends listening to a lab session */
  private readonly unlisten = new Map<LiveLabSession, () => void>()

  private closed = false
  private loading: Promise<void> | null = null

  private constructor(
    readonly classId: string,
    readonly lab: Lab,
    private readonly source: LiveSource,
    private readonly find: FindBoard,
  ) {
    super()
    this.setMaxListeners(0)
    source.on('carried', this.follow)
    this.timers = [
      setInterval(() => this.pushRows(), ROWS_EVERY_MS),
      setInterval(() => this.touchAll(), STANDINGS_EVERY_MS),
      setInterval(() => this.load().catch(log), LEARNERS_EVERY_MS),
    ]
  }

  /** @throws as `find` */
  static async open(classId: string, lab: Lab, source: LiveSource, find: FindBoard): Promise<ClassBoard> {
    const board = new ClassBoard(classId, lab, source, find)
    try {
      await board.load()
    } catch (error) {
      board.close()
      throw error
    }
    return board
  }

  close(): void {
    this.closed = true
    for (const timer of this.timers) clearInterval(timer)
    this.source.off('carried', this.follow)
    for (const unlisten of this.unlisten.values()) unlisten()
    this.unlisten.clear()
    this.removeAllListeners()
  }

  get board(): Board {
    const { slug, title, steps } = this.lab
    return {
      lab: {
        slug,
        title,
        steps: steps.map((step) => ({ id: step.id, title: step.title, checks: checkIds(step).length })),
      },
      drill: this.drill,
      rows: [...this.followed.values()].map(({ row }) => row),
    }
  }

  /** Lab sessions of this lab that have a room now. */
  get rooms(): LiveLabSession[] {
    return [...this.followed.values()].flatMap(({ live }) => this.ofLab(live) ?? [])
  }

  /** Who is in the class is asked anew: what is done to all is done to those. Rejects as `find`. */
  load(): Promise<void> {
    this.loading ??= this.loadNow().finally(() => {
      this.loading = null
    })
    return this.loading
  }

  private async loadNow(): Promise<void> {
    const { stuckMinutes, learners } = await this.find()
    if (this.closed) return
    this.stuckMinutes = stuckMinutes
    const before = new Map(this.followed)
    this.followed.clear()
    for (const found of learners) {
      const learner = this.withNewer(found, before.get(found.userId)?.learner)
      const live = this.listenTo(learner)
      const row = this.rowOf(learner, live)
      this.followed.set(learner.userId, { learner, live, row, text: JSON.stringify(row) })
    }
    const followed = new Set([...this.followed.values()].flatMap(({ live }) => live))
    for (const [live, unlisten] of this.unlisten) {
      if (followed.has(live)) continue
      unlisten()
      this.unlisten.delete(live)
    }
    // Rows that merely got further are pushed as rows.
    const is = (rows: Map<string, Followed>) =>
      [...rows.values()].map(({ learner }) => `${learner.userId} ${learner.name}`).join()
    if (is(before) !== is(this.followed)) this.pushBoard()
    else
      this.pushChanged(
        [...this.followed.values()].filter(({ learner, text }) => before.get(learner.userId)?.text !== text),
      )
  }

  /** What a room told a moment ago may not have come to the database yet. */
  private withNewer(found: BoardLearner, before: BoardLearner | undefined): BoardLearner {
    return { ...found, passes: [...new Set([...found.passes, ...(before?.passes ?? [])])] }
  }

  private readonly follow = (): void => {
    for (const [userId, one] of this.followed) {
      one.live = this.listenTo(one.learner)
      this.dirty.add(userId)
    }
  }

  private listenTo(learner: BoardLearner): LiveLabSession[] {
    const all = this.source.liveOf(learner)
    for (const live of all) {
      if (this.unlisten.has(live)) continue
      const changed = (samples: boolean) => samples || this.dirty.add(learner.userId)
      const ended = () => this.dirty.add(learner.userId)
      live.on('changed', changed)
      live.on('ended', ended)
      this.unlisten.set(live, () => {
        live.off('changed', changed)
        live.off('ended', ended)
      })
    }
    return all
  }

  private ofLab(live: LiveLabSession[]): LiveLabSession | undefined {
    return live.find(({ lab, isLive }) => lab === this.lab.slug && isLive)
  }

  private touchAll(): void {
    for (const [userId, { live }] of this.followed) if (live.length > 0) this.dirty.add(userId)
  }

  private pushRows(): void {
    const changed: Followed[] = []
    for (const userId of this.dirty) {
      const one = this.followed.get(userId)
      if (!one) continue
      const row = this.rowOf(one.learner, one.live)
      const text = JSON.stringify(row)
      if (text !== one.text) changed.push(Object.assign(one, { row, text }))
    }
    this.dirty.clear()
    this.pushChanged(changed)
  }

  private pushChanged(changed: Followed[]): void {
    // A drill is of all rows.
    if (JSON.stringify(this.drill) !== this.shown) this.pushBoard()
    else if (changed.length > 0)
      this.emit(
        'rows',
        changed.map(({ row }) => row),
      )
  }

  private pushBoard(): void {
    this.shown = JSON.stringify(this.drill)
    this.emit('board')
  }

  /** The newest that any of them was in. */
  private get drill(): Board['drill'] {
    const all = this.rooms.flatMap((live) => this.drillOf(live) ?? [])
    const newest = all.sort((one, other) => other.at - one.at)[0]
    if (!newest) return null
    const { id, drill, by } = newest
    return { id, drill, by, at: Math.min(...all.filter((one) => one.id === id).map(({ at }) => at)) }
  }

  /** Of another class that they are in, a drill is nothing to this one. */
  private drillOf(live: LiveLabSession): DrillBegun | null {
    const { drill } = live.engine.teaching
    return drill?.classId === this.classId ? drill : null
  }

  private rowOf(learner: BoardLearner, all: LiveLabSession[]): BoardRow {
    const { userId, name } = learner
    const live = this.ofLab(all)
    const own = live?.engine.progress({
      activeAt: live.lastActive,
      stuckMs: this.stuckMinutes * 60_000,
      now: Date.now(),
    })
    const passes = new Set([...learner.passes, ...(own?.passes ?? [])])
    // When the room is gone they are still there.
    learner.passes = [...passes]
    if (live) learner.labSession = live.id
    const steps = this.lab.steps.map((step, index) => ({
      passed: checkIds(step).filter((id) => passes.has(id)).length,
      ...(own?.steps[index] ?? { ms: null, hints: 0, solution: false }),
    }))
    const at = this.lab.steps.findIndex((step) => checkIds(step).some((id) => !passes.has(id)))
    const isDone = at < 0
    const drill = live && this.drillOf(live)
    return {
      userId,
      name,
      session: live?.id ?? learner.labSession,
      live: live !== undefined,
      steps,
      at: isDone ? null : at,
      standing: isDone ? { is: 'done' } : (own?.standing ?? { is: 'away' }),
      helpSince: live?.engine.teaching.helpSince ?? null,
      elsewhere: all.some(({ lab, isLive }) => isLive && lab !== this.lab.slug),
      pictures: live?.engine.pictures() ?? [],
      drill: live && drill ? { id: drill.id, outcome: live.engine.drillOutcome(drill) } : null,
    }
  }
}

/** What an instructor does to all who have a room of the lab now. @returns how many it reached */
export function tellAll(board: ClassBoard, text: string, by: string): number {
  const { rooms } = board
  for (const live of rooms) live.engine.say({ type: 'told', text, by })
  return rooms.length
}

/** A room that is still starting, or a node that was just stopped, has nothing to do it to: its outcome says so. */
export async function drillAll(board: ClassBoard, id: string, drill: Drill, by: string): Promise<number> {
  const { rooms, classId } = board
  await Promise.all(
    rooms.map(async (live) => {
      for (const fault of live.engine.drill({ id, classId, drill, by }))
        await live.fault(fault, 'instructor').catch(shownError)
    }),
  )
  return rooms.length
}
