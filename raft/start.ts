/** A quorum before its first event. */
import type { Node, Quorum, Settings } from './types.ts'

/** Kafka's own (QuorumConfig), but for the wait before a peer is asked again: 20 ms there, and the page would be full of it. */
export const KAFKA_SETTINGS: Omit<Settings, 'seed'> = {
  preVote: true,
  fetchTimeoutMs: 2_000,
  electionTimeoutMs: 1_000,
  requestTimeoutMs: 2_000,
  fetchMaxWaitMs: 500,
  retryBackoffMs: 1_000,
}

/** No node runs. Ids and names as given; voters first. */
export function quorumOf(
  voters: { id: number; name: string }[],
  observers: { id: number; name: string }[],
  settings: Partial<Settings> & { seed: number },
): Quorum {
  const down = ({ id, name }: { id: number; name: string }): Node => ({
    id,
    name,
    directory: 1,
    process: 'down',
    stopBy: null,
    disk: { epoch: 0, leader: null, voted: null },
    log: [],
    epoch: 0,
    role: { is: 'unattached', leader: null, voted: null },
    highWatermark: null,
    deadline: null,
    connections: {},
    parked: [],
    draws: 0,
  })
  return {
    settings: { ...KAFKA_SETTINGS, ...settings },
    now: 0,
    nodes: [...voters, ...observers].map(down),
    voters: voters.map(({ id }) => ({ id, directory: 1 })),
    messages: [],
    cuts: [],
    nextMessage: 1,
    news: [],
  }
}
