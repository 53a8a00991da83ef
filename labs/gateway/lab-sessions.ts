/** All lab sessions that this gateway carries: started, found again, looked at, ended. */
import { randomBytes } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setInterval } from 'node:timers'
import { ERRORS, KraftlabError } from '#config/errors.ts'
import type { Installation } from '#config/installation.ts'
import { RateLimit } from '#config/rate-limit.ts'
import type { DatabaseWorker } from '#data/worker-client.ts'
import { type Catalog, loadSolution } from '#labs/engine/catalog.ts'
import type { Lab } from '#labs/engine/define.ts'
import { readHistory } from '#labs/engine/history.ts'
import { LabSession } from '#labs/engine/lab-session.ts'
import { planRoom } from '#labs/engine/room-plan.ts'
import { checkIds } from '#labs/engine/steps.ts'
import { drawVariant } from '#labs/engine/variants.ts'
import { prepareRoom } from '#labs/sandbox/prepare.ts'
import { findRooms, type Room, startRoom } from '#labs/sandbox/room.ts'
import { LiveLabSession } from './live-lab-session.ts'
import { log } from './requests.ts'
import { RoomSpace, Slots } from './room-cap.ts'
import { owns, type Person } from './sign-in.ts'
import { hasRoom, historyFile, readOptionalStory } from './stories.ts'
import { runTrial, type TrialOutcome, type TrialRun } from './trial.ts'

/** One to work in and one to compare with; a class needs the memory. */
const MAX_ROOMS_OF_ONE = 2
/** Starting a room keeps a core busy for a second: more than a few starts burst, then one in 15 s. */
const STARTS = { burst: 6, refillMs: 15_000 }
/** More at once only make each slower than its time limit. */
const ROOMS_STARTING_AT_ONCE = 4
const IDLE_CHECK_MS = 15_000

const LOST = 'The room was lost while Kraftlab was restarted. Your progress is kept: start a new room to go on.'
const STOPPED = 'Kraftlab was stopped. Your progress is kept: start a new room to go on.'
const TOO_MANY_STARTS = 'You have started many rooms in a short time. Try again in a minute.'
const TOO_MANY_TRIALS = 'You have tried much in a short time. Try again in a minute.'
const ENDED_BY_LEARNER = 'You ended this room. Your progress is kept.'

type Parts = {
  root: string
  data: string
  installation: Installation
  runDir: string
  catalog: Catalog
  database: DatabaseWorker
  /** a room ends after so long without a sign of its learner, ms */
  idleMs: number
  maxRooms: number | null
}

/** Who starts a lab session; `formerly`: guests that they were. */
type Learner = Pick<Person, 'userId' | 'formerly'>

/** `carried`: one more is there, to be listened to. */
export class LabSessions extends EventEmitter<{ carried: [LiveLabSession] }> {
  private readonly carried = new Map<string, LiveLabSession>()
  private readonly closing = new Map<string, Promise<void>>()
  private readonly starts = new RateLimit(STARTS.burst, STARTS.refillMs)
  private readonly trials = new RateLimit(STARTS.burst, STARTS.refillMs)
  private readonly slots = new Slots(ROOMS_STARTING_AT_ONCE)
  /** Slots of their own: a room that is starting may replay a solution that waits for a trial. */
  private readonly trialSlots = new Slots(ROOMS_STARTING_AT_ONCE)
  /** Starting and reopening go one after another: no learner gets two by clicking twice. */
  private turn: Promise<unknown> = Promise.resolve()
  private readonly idleCheck: NodeJS.Timeout
  /** rows being written and rooms starting or ending: `stop` waits for them */
  private readonly ends = new Set<Promise<void>>()
  private space = RoomSpace.ofMachine(null, [])
  private stopping = false

  private constructor(private readonly parts: Parts) {
    super()
    this.setMaxListeners(0)
    this.idleCheck = setInterval(() => this.endIdle(), Math.min(IDLE_CHECK_MS, parts.idleMs / 4)).unref()
  }

  /** Finds the rooms that an earlier gateway left running and goes on with them; ends what has no room any more. */
  static async open(parts: Parts): Promise<LabSessions> {
    const sessions = new LabSessions(parts)
    const rooms = new Map((await findRooms(parts.runDir)).map((room) => [room.id, room]))
    for (const { id, userId, lab } of await parts.database.findLiveLabSessions()) {
      const room = rooms.get(id)
      try {
        if (await sessions.adopt(id, userId, lab, room)) rooms.delete(id)
      } catch (error) {
        log(error)
        await parts.database.endLabSession(id, new Date(), LOST)
      }
    }
    for (const room of rooms.values()) await room.end()
    sessions.space = RoomSpace.ofMachine(parts.maxRooms, sessions.hostsOfRooms())
    return sessions
  }

  get rooms(): { running: number; max: number } {
    return { running: this.live().length, max: this.space.max }
  }

  /**
   * Starts a lab for a learner: at once in state `starting`; its room follows.
   * @param variant for `labs verify`; else it is drawn
   * @returns the one that the learner already has of that lab where it lives
   * @throws KraftlabError UNKNOWN_LAB, BROKEN_LAB, TOO_MANY_ROOMS; BAD_REQUEST where there is no such variant
   */
  start(learner: Learner, slug: string, variant: string | null = null): Promise<{ id: string; isNew: boolean }> {
    return this.inTurn(async () => {
      const lab = this.requireLab(slug)
      const chosen = variant === null ? null : lab.variants[variant]
      if (chosen === undefined) throw new KraftlabError('BAD_REQUEST')
      const current = this.findOptionalCurrent(learner, slug)
      if (current) return { id: current.id, isNew: false }
      this.requireSpace(learner, lab)
      return {
        id: await this.startFresh(learner.userId, chosen ?? (await this.draw(learner.userId, lab))),
        isNew: true,
      }
    })
  }

  private async draw(userId: string, lab: Lab): Promise<Lab> {
    const checks = lab.steps.reduce((sum, step) => sum + checkIds(step).length, 0)
    const finished = await this.parts.database.countFinished({ userId, lab: lab.slug, checks })
    return drawVariant(lab, { learner: userId, finished })
  }

  private async startFresh(userId: string, lab: Lab): Promise<string> {
    const id = newId()
    await this.parts.database.createLabSession({ id, userId, lab: lab.slug, startedAt: new Date() })
    const live = await this.carry(id, userId, lab).catch(async (error) => {
      await this.parts.database.endLabSession(id, new Date(), ERRORS.ROOM_FAILED.message)
      throw error
    })
    this.keep(this.startRoom(live))
    return id
  }

  findOptionalCurrent(learner: Learner, slug: string): LiveLabSession | null {
    return this.live().find(({ lab, userId }) => lab === slug && owns(learner, userId)) ?? null
  }

  /**
   * One that is over is opened from its history, to be looked at.
   * @throws KraftlabError NOT_FOUND, NOT_YOURS, and as `requireLab`
   */
  find(learner: Person, id: string): Promise<LiveLabSession> {
    return this.findWhere(id, async (userId) => {
      if (!owns(learner, userId)) throw new KraftlabError('NOT_YOURS')
    })
  }

  /**
   * That of a learner of a class that this person teaches.
   * @throws KraftlabError NOT_FOUND, and as `requireLearner` of data/class-live.ts and `requireLab`
   */
  async findTaught(by: Person, classId: string, id: string): Promise<{ live: LiveLabSession; learnerId: string }> {
    let learnerId = ''
    const live = await this.findWhere(id, async (startedBy, slug) => {
      const of = { classId, startedBy, lab: ofCourse(this.requireLab(slug)) }
      learnerId = (await this.parts.database.requireLearner(by, of)).userId
    })
    return { live, learnerId }
  }

  /** @param allowed rejects where it is none of theirs */
  private async findWhere(
    id: string,
    allowed: (userId: string, lab: string) => Promise<void>,
  ): Promise<LiveLabSession> {
    const carried = this.carried.get(id)
    if (carried) {
      await allowed(carried.userId, carried.lab)
      // It may have been put away meanwhile.
      if (this.carried.get(id) === carried) return carried
    }
    const row = await this.parts.database.findOptionalLabSession(id)
    if (!row) throw new KraftlabError('NOT_FOUND')
    await allowed(row.userId, row.lab)
    return this.inTurn(async () => {
      const meanwhile = this.carried.get(id)
      if (meanwhile) return meanwhile
      await this.closing.get(id)
      const live = await this.carry(id, row.userId, this.requireLab(row.lab))
      live.endedEarlier(row.endedWhy ?? ERRORS.ROOM_ENDED.message)
      return live
    })
  }

  /** @throws as `find` */
  async end(learner: Person, id: string): Promise<void> {
    const live = await this.find(learner, id)
    live.end(ENDED_BY_LEARNER)
    await live.ending.catch(log)
    this.letGo(live)
  }

  /**
   * Ends a room for its learner and starts a fresh one of the lab in its place, which nobody else gets meanwhile.
   * @throws KraftlabError ROOM_ENDED, UNAVAILABLE
   */
  reset(live: LiveLabSession, learnerId: string, by: string): Promise<void> {
    return this.inTurn(async () => {
      if (!live.isLive) throw new KraftlabError('ROOM_ENDED')
      if (this.stopping) throw new KraftlabError('UNAVAILABLE')
      live.end(`${by} reset this lab for you: a fresh room takes its place. Your progress is kept.`)
      await live.ending.catch(log)
      live.replacedBy(await this.startFresh(learnerId, await this.draw(learnerId, live.engine.lab)))
    })
  }

  /**
   * Back to the beginning of a step, in a fresh room of the same lab session.
   * @throws KraftlabError NOT_TRIED where that would do for them what they have not seen; ROOM_ENDED, UNAVAILABLE, TOO_MANY_ROOMS
   */
  resetTo(live: LiveLabSession, learner: Learner, step: string): Promise<void> {
    return this.inTurn(async () => {
      live.requireRoom()
      if (!live.mayResetTo(step)) throw new KraftlabError('NOT_TRIED')
      if (this.stopping) throw new KraftlabError('UNAVAILABLE')
      // It takes the place of the room before; only how often rooms start is to be bounded.
      if (!this.starts.take(learner.userId)) throw new KraftlabError('TOO_MANY_ROOMS', TOO_MANY_STARTS)
      await live.reset(step)
      this.keep(this.startRoom(live))
    })
  }

  /** Lab sessions with a room, or on the way to one, of a learner and the guests that they were. */
  liveOf(learner: Learner): LiveLabSession[] {
    return this.live().filter(({ userId }) => owns(learner, userId))
  }

  /**
   * Ends all rooms of a person and deletes their histories, then the rows. Starts wait: none slips in between.
   * @param deleteRows of the person, and so of their lab sessions
   */
  forget(person: Person, deleteRows: () => Promise<void>): Promise<void> {
    return this.inTurn(async () => {
      const { data, database } = this.parts
      const ids = (await database.findLabSessionsOf(person.userId)).map(({ id }) => id)
      const carried = ids.flatMap((id) => this.carried.get(id) ?? [])
      for (const live of carried) live.end(ENDED_BY_LEARNER)
      await Promise.all(carried.map((live) => live.ending.catch(log)))
      for (const live of carried) this.putAway(live)
      for (const id of ids) {
        await this.closing.get(id)
        await rm(dirname(historyFile(data, id)), { recursive: true, force: true })
      }
      await deleteRows()
    })
  }

  /** A browser went: what is over and seen by nobody is put away. */
  letGo(live: LiveLabSession): void {
    if (!live.isLive && !live.isLookedAt) this.putAway(live)
  }

  private putAway(live: LiveLabSession): void {
    if (this.carried.get(live.id) !== live) return
    this.carried.delete(live.id)
    const closed = live.close().catch(log)
    this.closing.set(live.id, closed)
    void closed.then(() => this.closing.delete(live.id))
  }

  /** Ends every room, for good. */
  async stop(): Promise<void> {
    this.stopping = true
    clearInterval(this.idleCheck)
    for (const one of this.live()) one.end(STOPPED)
    // A room that was still starting is ended when it is there.
    while (this.ends.size > 0) await Promise.all(this.ends)
    await Promise.all([...this.carried.values()].map((one) => one.close().catch(log)))
    await Promise.all(this.closing.values())
  }

  private live(): LiveLabSession[] {
    return [...this.carried.values()].filter(({ isLive }) => isLive)
  }

  /** A trial has a room, too. */
  private hostsOfRooms(): number[] {
    return this.live().flatMap(({ lab, isTrying }) => {
      const hosts = this.parts.catalog.labs.get(lab)?.hosts.length ?? 1
      return isTrying ? [hosts, hosts] : [hosts]
    })
  }

  /** @throws KraftlabError TOO_MANY_ROOMS, UNAVAILABLE */
  private async trial(userId: string, run: TrialRun): Promise<TrialOutcome> {
    if (this.stopping) throw new KraftlabError('UNAVAILABLE')
    // It counts as being there already.
    const others = this.hostsOfRooms()
    others.splice(others.indexOf(run.lab.hosts.length), 1)
    if (!this.space.fits(others, run.lab.hosts.length)) throw new KraftlabError('TOO_MANY_ROOMS')
    if (!this.trials.take(userId)) throw new KraftlabError('TOO_MANY_ROOMS', TOO_MANY_TRIALS)
    const { root, installation, runDir } = this.parts
    const inSlot = <Result>(work: () => Promise<Result>) => this.trialSlots.run(work)
    const outcome = runTrial(run, { root, installation, runDir, inSlot })
    // Until its room is gone the gateway does not stop.
    this.keep(outcome.then(noted, noted))
    return outcome
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.turn.then(work)
    this.turn = result.catch(() => undefined)
    return result
  }

  /** @throws KraftlabError UNKNOWN_LAB, BROKEN_LAB */
  requireLab(slug: string): Lab {
    const { labs, problems } = this.parts.catalog
    const lab = labs.get(slug)
    if (lab) return lab
    throw new KraftlabError(problems.some((one) => one.slug === slug) ? 'BROKEN_LAB' : 'UNKNOWN_LAB')
  }

  private requireSpace(learner: Learner, lab: Lab): void {
    if (this.stopping) throw new KraftlabError('UNAVAILABLE')
    const live = this.live()
    if (live.filter(({ userId }) => owns(learner, userId)).length >= MAX_ROOMS_OF_ONE) {
      throw new KraftlabError(
        'TOO_MANY_ROOMS',
        `You have ${MAX_ROOMS_OF_ONE} rooms running, which is as many as one learner may have. End one of them first.`,
      )
    }
    if (!this.space.fits(this.hostsOfRooms(), lab.hosts.length)) throw new KraftlabError('TOO_MANY_ROOMS')
    if (!this.starts.take(learner.userId)) {
      throw new KraftlabError('TOO_MANY_ROOMS', TOO_MANY_STARTS)
    }
  }

  /** Opens the history and keeps the database in step with it. */
  private async carry(id: string, userId: string, lab: Lab): Promise<LiveLabSession> {
    const { data, database } = this.parts
    const before = await database.findPasses({ userId, lab: lab.slug, exceptLabSession: id })
    const engine = await LabSession.open({ id, lab, learner: userId, file: historyFile(data, id) })
    const live = new LiveLabSession(
      engine,
      userId,
      new Set(before.map(({ check }) => check)),
      () => loadSolution(this.parts.root, engine.lab),
      (run) => this.trial(userId, run),
    )
    engine.on('passed', ({ step, check, evidence, at }) => {
      this.keep(database.recordPass(id, { step, check, evidence, at: new Date(at) }))
    })
    engine.on('failed', (error) => {
      log(error)
      live.end('Kraftlab could not write your progress down, so the room was ended. Tell whoever runs this server.')
    })
    live.on('ended', (why) => {
      this.keep(database.endLabSession(id, new Date(), why))
      this.keep(live.ending)
      this.letGo(live)
    })
    this.carried.set(id, live)
    this.emit('carried', live)
    return live
  }

  /** What must be done before the gateway stops; a failure is logged: rows can be rebuilt from the histories. */
  private keep(work: Promise<void>): void {
    const kept = work.catch(log).finally(() => this.ends.delete(kept))
    this.ends.add(kept)
  }

  private async startRoom(live: LiveLabSession): Promise<void> {
    const { root, installation, runDir } = this.parts
    try {
      await this.slots.run(async () => {
        if (!live.isLive) return
        const room = await startRoom(await planRoom(root, live.engine.lab, live.id), { installation, runDir })
        if (!live.isLive) return room.end()
        live.engine.note('room-started', '')
        const { prepare } = live.engine.lab
        await live.join(room, 0, async () => {
          if (prepare.length > 0) {
            await prepareRoom(room, prepare)
            live.engine.prepared()
            await live.engine.settled()
          }
          await live.replay()
        })
      })
    } catch (error) {
      log(error)
      live.end(error instanceof KraftlabError ? error.message : ERRORS.ROOM_FAILED.message, 'failed')
    }
  }

  /** @returns whether it goes on */
  private async adopt(id: string, userId: string, slug: string, room: Room | undefined): Promise<boolean> {
    const { data, database, catalog } = this.parts
    const story = await readOptionalStory(data, id)
    for (const pass of story?.passes ?? []) await database.recordPass(id, pass)
    const lab = catalog.labs.get(slug)
    if (!room || !lab || story?.ended) {
      const { at, why } = story?.ended ?? { at: new Date(), why: LOST }
      if (story && !story.ended && lab) await this.noteLost(id, userId, lab)
      await database.endLabSession(id, at, why)
      return false
    }
    const { entries } = await readHistory(historyFile(data, id))
    const live = await this.carry(id, userId, lab)
    if (!hasRoom(entries)) live.engine.note('room-started', '')
    await live.join(room, live.engine.seen)
    // Nobody knows how far it had come.
    if (!live.engine.isPrepared || live.engine.isReplaying) live.end(LOST)
    return true
  }

  private async noteLost(id: string, userId: string, lab: Lab): Promise<void> {
    const engine = await LabSession.open({ id, lab, learner: userId, file: historyFile(this.parts.data, id) })
    engine.note('room-ended', LOST)
    await engine.close()
  }

  private endIdle(): void {
    const minutes = Math.max(1, Math.round(this.parts.idleMs / 60_000))
    const why = `The room ended after ${minutes} minutes in which nothing was done. Your progress is kept: start a new room to go on.`
    const now = Date.now()
    for (const live of this.live()) if (live.isIdle(this.parts.idleMs, now)) live.end(why)
  }
}

/** Whoever asked for it hears how it ended. */
const noted = (): void => {}

/** As the database asks for it. */
export const ofCourse = ({ slug, course, module }: Lab) => ({ slug, course, module })

/** Short, as it is part of a unix socket's path; not to be guessed. */
const newId = (): string =>
  BigInt(`0x${randomBytes(12).toString('hex')}`)
    .toString(36)
    .padStart(19, '0')
