import { cluster, defineLab, type Moment, missing, passed, step, type Verdict } from '#labs/engine/define.ts'
import type { HistoryView } from '#labs/engine/history-view.ts'
import { nothingLost } from '../probe.ts'
import { downTogether, FROM_THE_START } from '../quorum.ts'

const CONTROLLERS = [101, 102, 103]
const BROKERS = [1, 2, 3]
/** metadata.version, by number: `kafka-storage version-mapping` of 4.3.1. */
const OLD = { level: 27, name: '4.1-IV1' }
const NEW = { level: 30, name: '4.3-IV0', release: '4.3.1' }
/** A hand-over takes a moment in which one write may wait. */
const MAX_OUTAGE_MS = 5_000
const REGISTERS = { controllers: 'REGISTER_CONTROLLER_RECORD', brokers: 'REGISTER_BROKER_RECORD' }

type Feature = { name?: unknown; maxSupportedVersion?: unknown }

/** The highest metadata.version that each node of a kind supports, as it said when it registered last. */
function supported(history: HistoryView, kind: keyof typeof REGISTERS): Map<number, number> {
  const id = kind === 'brokers' ? 'brokerId' : 'controllerId'
  return new Map(
    history.records({ type: REGISTERS[kind], all: true }).map(({ data }) => {
      const fields = data as Record<string, unknown>
      const features = Array.isArray(fields.features) ? (fields.features as Feature[]) : []
      const found = features.find(({ name }) => name === 'metadata.version')
      return [Number(fields[id]), Number(found?.maxSupportedVersion ?? 0)]
    }),
  )
}

function areUpgraded({ cluster, history }: Pick<Moment, 'cluster' | 'history'>, kind: keyof typeof REGISTERS): Verdict {
  const ids = kind === 'brokers' ? BROKERS : CONTROLLERS
  const levels = supported(history, kind)
  const old = ids.filter((id) => (levels.get(id) ?? 0) < NEW.level)
  if (old.length > 0)
    return missing(
      `${old.length} of ${ids.length} ${kind} still register with an older Kafka: ${old.map((id) => `node ${id}`).join(', ')}.`,
    )
  const nodes = Object.values(cluster.nodes)
  const down = ids.filter((id) => !nodes.some(({ node, up }) => node === id && up))
  if (down.length > 0) return missing(`Not up: ${down.map((id) => `node ${id}`).join(', ')}.`)
  const fenced = kind === 'brokers' ? BROKERS.filter((id) => cluster.brokers[id]?.fenced !== false) : []
  if (fenced.length > 0) return missing(`Still fenced: ${fenced.map((id) => `broker ${id}`).join(', ')}.`)
  if (cluster.leader === null) return missing('The quorum has no leader just now.')
  return passed(`All ${ids.length} ${kind} have registered anew, and support metadata.version up to ${NEW.name}.`)
}

/** More than one of a kind was down at the same time: the cluster had nothing left to lose, or less. */
function neverTwoDown(history: HistoryView, ids: number[], what: string): Verdict | null {
  const down = downTogether(history, ids)
  if (!down) return null
  return missing(
    `${down.map((node) => `node ${node}`).join(' and ')} were down at the same time: two ${what} at once. Start the lab anew for this check.`,
  )
}

export default defineLab({
  slug: 'rolling-upgrade',
  title: 'A rolling upgrade',
  course: 'kraft',
  module: 'upgrades',
  minutes: 30,
  // Six nodes of a Kafka that has no class-data archive here.
  startSeconds: 45,
  clusters: { main: cluster({ controllers: 3, brokers: 3, kafka: ['4.1.2', NEW.release] }) },
  hosts: ['client'],
  probe: 'main',
  steps: [
    step('before', {
      title: 'What runs now',
      ask: 'Which metadata.version has the cluster? Give it as kafka-features does.',
      judge: (given, { cluster }) => {
        const level = cluster.features['metadata.version']
        if (level !== OLD.level && level !== NEW.level)
          return missing('The metadata.version is not known yet. Try again in a moment.')
        const is = level === OLD.level ? OLD.name : NEW.name
        if (!given.includes(is))
          return missing('Look at FinalizedVersionLevel of metadata.version: what is in force, not what is supported.')
        return passed(
          `metadata.version is ${is}, number ${level}. Every node may write what that version knows, and nothing newer.`,
        )
      },
    }),
    step('controllers', {
      title: 'The controllers, one after the other',
      checks: [
        {
          id: 'controllers-upgraded',
          title: `All controllers run Kafka ${NEW.release}`,
          judge: (at) => areUpgraded(at, 'controllers'),
          hints: [
            'Kafka is installed beside the old one on every host. Which one runs is decided at the next start.',
            'Stop one controller, let ~/current lead to /opt/kafka-4.3.1, start it, wait until the panel shows it following; then the next.',
            './bin/kafka-server-stop, ln -sfn /opt/kafka-4.3.1 ~/current, ./bin/kafka-server-start -daemon config/controller.properties',
          ],
        },
      ],
    }),
    step('brokers', {
      title: 'The brokers, one after the other',
      checks: [
        {
          id: 'brokers-upgraded',
          title: `All brokers run Kafka ${NEW.release}`,
          judge: (at) => areUpgraded(at, 'brokers'),
          hints: [
            'As the controllers. What has to be true again before you take the next one?',
            'After each start wait until the broker is unfenced and in sync again: the table of partitions shows it.',
            './bin/kafka-server-stop, ln -sfn /opt/kafka-4.3.1 ~/current, ./bin/kafka-server-start -daemon config/broker.properties',
          ],
        },
      ],
    }),
    step('finish', {
      title: 'Let the cluster use it',
      checks: [
        {
          id: 'finalised',
          title: `metadata.version is ${NEW.name}`,
          judge: ({ cluster }) => {
            const level = cluster.features['metadata.version'] ?? 0
            if (level < NEW.level)
              return missing(
                `metadata.version is number ${level}; ${NEW.name} is number ${NEW.level}. The nodes run the new Kafka, and write as the old one did.`,
              )
            return passed(
              `metadata.version is number ${level} (${NEW.name}). From here there is no way back to ${OLD.name}.`,
            )
          },
          hints: [
            'New software does not use new formats by itself: somebody has to say that no node will go back.',
            'kafka-features upgrade sets all features to what a release has.',
            './bin/kafka-features --bootstrap-server broker-1:9092 upgrade --release-version 4.3',
          ],
        },
        {
          id: 'one-at-a-time',
          title: 'Never were two controllers down at once, nor two brokers',
          judge: ({ history, passes }) => {
            if (!passes.finalised) return missing('This can be said when the upgrade is finished.')
            if (history.hasGap({ after: FROM_THE_START }))
              return missing('Kraftlab missed a part of what happened, so this cannot be said.')
            const two = neverTwoDown(history, CONTROLLERS, 'controllers') ?? neverTwoDown(history, BROKERS, 'brokers')
            return two ?? passed('Of the controllers and of the brokers at most one was down at any time.')
          },
          hints: [
            'Three controllers bear the loss of one; so does a partition with two replicas in sync needed.',
            'If two were down at once, the lab has to be started anew: it cannot be undone.',
            'Wait for “up” and “unfenced” in the panel before you take the next one.',
          ],
        },
        {
          id: 'nothing-lost',
          title: `All that was acknowledged is there, and writes never stood still for ${MAX_OUTAGE_MS / 1000} s`,
          judge: (at) => {
            if (!at.passes.finalised) return missing('This can be said when the upgrade is finished.')
            return nothingLost(at, { since: 'controllers-upgraded', maxOutageMs: MAX_OUTAGE_MS })
          },
          hints: [
            'The probe writes all the time. What would make it wait?',
            'SIGTERM lets a broker hand over what it leads first; SIGKILL does not.',
            'kafka-server-stop, or Stop (SIGTERM) in the panel, and one broker at a time',
          ],
        },
      ],
    }),
  ],
})
