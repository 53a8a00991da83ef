/**
 * A class of many without rooms: a recorded history (`labs -- record`) played through a real engine for each learner, each
 * at a time and a pace of their own, and the real board over all of them, on a WebSocket of its own.
 */
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { WebSocketServer } from 'ws'
import type { Lab } from '#labs/engine/define.ts'
import type { Entry } from '#labs/engine/history.ts'
import { LabSession } from '#labs/engine/lab-session.ts'
import { ClassBoard } from '#labs/gateway/class-board.ts'
import { serveBoard } from '#labs/gateway/class-live.ts'
import { LiveLabSession } from '#labs/gateway/live-lab-session.ts'
import type { Observation } from '#labs/protocol/observation.ts'

export type Learner = { userId: string; name: string }
/** `startAfterMs`: when the first entry is played. `pace`: times as fast as it was. `until`: share of the entries. */
export type Plan = { startAfterMs: number; pace: number; until: number }

export class ReplayedClass {
  private readonly timers = new Set<NodeJS.Timeout>()
  private readonly played: { learner: Learner; live: LiveLabSession }[] = []
  private server: WebSocketServer | null = null
  private board: ClassBoard | null = null

  private constructor(private readonly entries: Entry[]) {}

  /** @param folder for the histories */
  static async open(
    lab: Lab,
    entries: Entry[],
    learners: Learner[],
    folder: string,
    stuckMinutes: number,
  ): Promise<ReplayedClass> {
    const replayed = new ReplayedClass(entries)
    await mkdir(folder, { recursive: true })
    for (const learner of learners) {
      const file = join(folder, learner.userId, 'history.ndjson')
      const engine = await LabSession.open({ id: `s-${learner.userId}`, lab, learner: learner.userId, file })
      replayed.played.push({ learner, live: new LiveLabSession(engine, learner.userId, new Set()) })
    }
    const of = new Map(replayed.played.map(({ learner, live }) => [learner.userId, live]))
    const source = {
      liveOf: ({ userId }: { userId: string }) => [of.get(userId) ?? []].flat(),
      on: () => undefined,
      off: () => undefined,
    }
    replayed.board = await ClassBoard.open('class', lab, source, async () => ({
      stuckMinutes,
      learners: learners.map((one) => ({ ...one, formerly: [], passes: [], labSession: `s-${one.userId}` })),
    }))
    return replayed
  }

  /** @returns its address */
  async serve(): Promise<string> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    await once(server, 'listening')
    const by = { name: 'Ida', record: async () => {} }
    server.on('connection', (socket) =>
      serveBoard(
        socket,
        this.board!,
        by,
        async () => null,
        () => {},
      ),
    )
    this.server = server
    return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  live(userId: string): LiveLabSession {
    const found = this.played.find(({ learner }) => learner.userId === userId)
    if (!found) throw new Error(`nobody here is ${userId}`)
    return found.live
  }

  /** Plays each learner's share, from now on. */
  play(planOf: (index: number) => Plan): void {
    for (const [index, { live }] of this.played.entries()) this.playOne(live, planOf(index))
  }

  private playOne(live: LiveLabSession, { startAfterMs, pace, until }: Plan): void {
    const entries = this.entries.slice(0, Math.ceil(this.entries.length * until))
    const first = entries[0]!.at
    const begin = Date.now() + startAfterMs
    for (const { at, body } of entries) {
      const after = startAfterMs + (at - first) / pace
      const timer = setTimeout(() => {
        this.timers.delete(timer)
        const moved = (was: number) => begin + (was - first) / pace
        switch (body.type) {
          case 'room-started':
            return live.engine.note('room-started', '')
          case 'observed':
            return live.engine.observe({
              number: body.number,
              at: Date.now(),
              mono: performance.now(),
              observation: movedTo(body.observation, moved),
            })
          case 'answered':
            return live.engine.answer(body.step, body.given)
          case 'predicted':
            return void live.engine.predict(body.step, body.given)
        }
      }, after)
      this.timers.add(timer)
    }
  }

  async close(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer)
    this.board?.close()
    this.server?.close()
    for (const socket of this.server?.clients ?? []) socket.terminate()
    await Promise.all(this.played.map(({ live }) => live.close()))
  }
}

/** Its own times, as if it were seen now. */
function movedTo(seen: Observation, moved: (was: number) => number): Observation {
  switch (seen.type) {
    case 'command':
      return { ...seen, startedAt: moved(seen.startedAt) }
    case 'outage':
      return { ...seen, from: moved(seen.from), to: seen.to === null ? null : moved(seen.to) }
    case 'probe':
      return { ...seen, readBackAt: seen.readBackAt === null ? null : moved(seen.readBackAt) }
    default:
      return seen
  }
}
