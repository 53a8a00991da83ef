/** A room that no learner looks at, as its watcher sees it: folded in memory, kept nowhere. */
import { setTimeout } from 'node:timers'
import type { Lab } from '#labs/engine/define.ts'
import { type Fold, foldEntry, nothing } from '#labs/engine/fold.ts'
import { HISTORY_VERSION } from '#labs/engine/history.ts'
import { layoutOf } from '#labs/engine/layout.ts'
import type { FromSwitch } from '#labs/protocol/room.ts'
import type { Room } from '#labs/sandbox/room.ts'

/** A JVM on a busy machine, an election, and a broker that has caught up: some 5 s on two cores. */
const READY_LIMIT_MS = 60_000

export class SeenRoom {
  fold: Fold
  private readonly layout
  private readonly looks = new Set<() => void>()
  private ended: string | null = null

  constructor(
    private readonly room: Room,
    private readonly lab: Lab,
  ) {
    this.layout = layoutOf(lab)
    this.fold = nothing(this.layout)
    room.on('message', this.listen)
    room.on('gone', this.gone)
    room.send({ type: 'hello', seen: 0 })
  }

  stop(): void {
    this.room.off('message', this.listen)
    this.room.off('gone', this.gone)
  }

  /** @returns whether it came to hold in time @throws Error where the room ends, and the signal's reason where it is aborted */
  until(holds: (fold: Fold) => boolean, limitMs: number, signal?: AbortSignal): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const settle = (how: () => void) => {
        clearTimeout(limit)
        signal?.removeEventListener('abort', look)
        this.looks.delete(look)
        how()
      }
      const look = () => {
        if (signal?.aborted) settle(() => reject(signal.reason))
        else if (this.ended !== null) settle(() => reject(new Error(`the room ended: ${this.ended}`)))
        else if (holds(this.fold)) settle(() => resolve(true))
      }
      const limit = setTimeout(() => settle(() => resolve(false)), limitMs)
      this.looks.add(look)
      signal?.addEventListener('abort', look)
      look()
    })
  }

  /**
   * Waits for the nodes that the room runs from its start: a controller is ready when it answers and its quorum has a
   * leader, a broker when it is no longer fenced.
   * @returns what is awaited of each that was not ready in time; empty: all are
   */
  async nodesReady(limitMs = READY_LIMIT_MS, signal?: AbortSignal): Promise<string[]> {
    await this.until(() => this.awaited().length === 0, limitMs, signal)
    return this.awaited()
  }

  private awaited(): string[] {
    return Object.entries(this.lab.clusters).flatMap(([name, { nodes }]) => {
      const seen = this.fold.clusters[name]
      return nodes.flatMap(({ host, id, roles, running }) => {
        if (!running) return []
        if (!seen?.nodes[host]?.up) return [`${host} does not answer`]
        if (seen.leader === null) return [`${host} knows no leader`]
        if (roles.includes('broker') && seen.brokers[id]?.fenced !== false) return [`broker ${id} on ${host} is fenced`]
        return []
      })
    })
  }

  private readonly listen = (message: FromSwitch): void => {
    if (message.type !== 'observed') return
    const { number, observation, at, mono } = message
    const entry = {
      v: HISTORY_VERSION,
      seq: number,
      at,
      mono,
      body: { type: 'observed' as const, number, observation },
    }
    this.fold = foldEntry(this.fold, entry, this.layout)
    for (const look of [...this.looks]) look()
  }

  private readonly gone = (why: string): void => {
    this.ended = why
    for (const look of [...this.looks]) look()
  }
}

/** @returns as `SeenRoom.nodesReady` */
export async function nodesReady(room: Room, lab: Lab, limitMs?: number): Promise<string[]> {
  const seen = new SeenRoom(room, lab)
  try {
    return await seen.nodesReady(limitMs)
  } finally {
    seen.stop()
  }
}
