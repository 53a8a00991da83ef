/** Waits for the nodes that a lab's room runs from its start, as the wire shows them. */
import { setTimeout } from 'node:timers'
import type { Lab } from '#labs/engine/define.ts'
import { foldEntry, nothing } from '#labs/engine/fold.ts'
import { HISTORY_VERSION } from '#labs/engine/history.ts'
import { layoutOf } from '#labs/engine/layout.ts'
import type { FromSwitch } from '#labs/protocol/room.ts'
import type { Room } from '#labs/sandbox/room.ts'

/** A JVM on a busy machine, an election, and a broker that has caught up: some 5 s on two cores. */
const READY_LIMIT_MS = 60_000

/**
 * A controller is ready when it answers and its quorum has a leader, a broker when it is no longer fenced.
 * @returns the hosts whose node was not ready in time, and what was awaited of each; empty: all are
 */
export async function nodesReady(room: Room, lab: Lab, limitMs = READY_LIMIT_MS): Promise<string[]> {
  const layout = layoutOf(lab)
  let fold = nothing(layout)
  const missing = (): string[] =>
    Object.entries(lab.clusters).flatMap(([name, { nodes }]) => {
      const seen = fold.clusters[name]
      return nodes.flatMap(({ host, id, roles, running }) => {
        if (!running) return []
        if (!seen?.nodes[host]?.up) return [`${host} does not answer`]
        if (seen.leader === null) return [`${host} knows no leader`]
        if (roles.includes('broker') && seen.brokers[id]?.fenced !== false) return [`broker ${id} on ${host} is fenced`]
        return []
      })
    })
  if (missing().length === 0) return []
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => settle(() => resolve(missing())), limitMs)
    const settle = (how: () => void) => {
      clearTimeout(limit)
      room.off('message', listen)
      room.off('gone', gone)
      how()
    }
    const gone = (why: string) => settle(() => reject(new Error(`the room ended: ${why}`)))
    const listen = (message: FromSwitch) => {
      if (message.type !== 'observed') return
      const { number, observation, at, mono } = message
      fold = foldEntry(
        fold,
        { v: HISTORY_VERSION, seq: number, at, mono, body: { type: 'observed', number, observation } },
        layout,
      )
      if (missing().length === 0) settle(() => resolve([]))
    }
    room.on('message', listen)
    room.on('gone', gone)
    room.send({ type: 'hello', seen: 0 })
  })
}
