/** Stands in for the gateway of one page: a room of five nodes and a client after a lively hour. */
import type { Page } from 'playwright-core'
import type { ClusterState, LabSessionState, TimelineEvent, ToBrowser, ToGateway } from '#labs/protocol/live.ts'

const HOUR_MS = 3_600_000
const CONTROLLERS = 3
const KINDS = [
  'command',
  'fault',
  'node',
  'leader',
  'broker',
  'isr',
  'isr',
  'isr',
  'network',
  'outage',
  'pass',
] as const

export async function feedHour(page: Page, count: number): Promise<void> {
  const now = Date.now()
  await page.route('**/gateway/lab-sessions', (route) => route.fulfill({ status: 201, json: { id: 'hour' } }))
  await page.routeWebSocket('**/gateway/lab-sessions/hour/live', (socket) => {
    const show = (message: ToBrowser) => socket.send(JSON.stringify(message))
    show({ type: 'state', state: room(now) })
    show({ type: 'timeline', whole: true, events: hour(now, count) })
    socket.onMessage((text) => {
      const message = JSON.parse(String(text)) as ToGateway
      if (message.type !== 'look') return
      const { at } = message
      show({
        type: 'then',
        at,
        clusters: [cluster(at, 1 + (Math.floor(at / 20_000) % CONTROLLERS))],
        cuts: [],
        facts: [],
      })
    })
  })
}

const hour = (now: number, count: number): TimelineEvent[] =>
  Array.from({ length: count }, (_, seq) => {
    const at = Math.round(now - HOUR_MS + (seq * HOUR_MS) / count)
    const kind = KINDS[(seq * 7) % KINDS.length]!
    return {
      seq,
      at,
      kind,
      says: `Event ${seq} of the hour`,
      host: null,
      until: kind === 'outage' ? at + 1_800 : null,
      records: null,
    }
  })

function room(now: number): LabSessionState {
  const clusters = [cluster(now, 1)]
  return {
    id: 'hour',
    lab: 'controller-failover',
    room: { status: 'ready', says: '', next: null },
    help: { from: [], since: null },
    watchers: [],
    notes: [],
    messages: [],
    kept: null,
    replay: null,
    replayFailed: null,
    trying: null,
    hosts: [...(clusters[0]?.nodes.map(({ host }) => host) ?? []), 'client'],
    terminals: [],
    steps: [],
    clusters,
    cuts: [],
    facts: [],
    otherHosts: [{ host: 'client', address: '192.0.2.16' }],
  }
}

function cluster(at: number, leader: number): ClusterState {
  const nodes: ClusterState['nodes'] = [1, 2, 3, 4, 5].map((node) => {
    const votes = node <= CONTROLLERS
    return {
      host: votes ? `controller-${node}` : `broker-${node - CONTROLLERS}`,
      address: `192.0.2.${10 + node}`,
      node,
      roles: [votes ? 'controller' : 'broker'],
      process: 'running',
      up: true,
      since: at - HOUR_MS,
      leads: node === leader,
      votes,
      fenced: votes ? null : false,
      view: votes ? { leader, epoch: 7, since: at } : null,
      metadataEnd: 9_000 - (node === leader ? 0 : 1),
      metadataLagMs: node === leader ? 0 : 12,
      diskFull: false,
    }
  })
  const partitions = Array.from({ length: 12 }, (_, partition) => ({
    partition,
    leader: 4 + (partition % 2),
    leaderEpoch: 3,
    replicas: [4, 5].map((node) => ({ node, inSync: true, eligible: false, end: 1_000 + partition })),
  }))
  return {
    name: 'main',
    clusterId: 'MkU3OEVBNTcwNTJENDM2Qg',
    leader,
    epoch: 7,
    leaderSince: at,
    highWatermark: 9_000,
    sampledAt: at,
    zookeeper: null,
    nodes,
    topics: [{ name: 'orders', partitions }],
    probe: { acknowledged: 12_345, lost: 0, outages: [] },
  }
}
