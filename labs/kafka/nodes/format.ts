/**
 * Log directories as `kafka-storage format` would leave them, without starting a JVM for each node. What is the same for
 * every cluster of this Kafka (feature levels, versions of records) comes from directories that the real tool formatted
 * at set-up: docs/decisions/007. After org.apache.kafka.metadata.storage.Formatter.
 */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { encode, type Message } from '../codec/codec.ts'
import type { Schemas } from '../codec/schemas.ts'
import { readBatches, recordsOf } from '../log/batch.ts'
import { encodeBatch } from '../log/batch-writer.ts'
import { decodeControl } from '../metadata/records.ts'
import {
  type ClusterDescription,
  CONTROLLER_LISTENER,
  CONTROLLER_PORT,
  logDirectories,
  type NodeDescription,
} from './configuration.ts'

const BOOTSTRAP = 'bootstrap.checkpoint'
/** The snapshot with which a dynamic quorum's log begins: the version of KRaft, and who votes. */
const FIRST_SNAPSHOT = '__cluster_metadata-0/00000000000000000000-0000000000.checkpoint'

/** What the real tool wrote, for a voter of a dynamic quorum. */
export type Template = { bootstrap: Buffer; firstSnapshot: Buffer }

/** @param home `installation.kafka.home` */
export const readTemplate = (home: string): Template => ({
  bootstrap: readFileSync(join(home, 'formatted', BOOTSTRAP)),
  firstSnapshot: readFileSync(join(home, 'formatted', FIRST_SNAPSHOT)),
})

export type FormattedFile = { host: string; path: string; bytes: Buffer }

/**
 * The files of all nodes' log directories, for a cluster of its own: its id and the directories' are new each time.
 * @param now ms since 1970
 */
export function formatCluster(
  cluster: ClusterDescription,
  template: Template,
  schemas: Schemas,
  now = Date.now(),
): FormattedFile[] {
  const clusterId = randomId()
  const disks = cluster.nodes.map((node) => ({
    node,
    directories: logDirectories(node).map((path) => ({ path, id: randomId() })),
  }))
  const voters = disks.flatMap(({ node, directories: [metadata] }) =>
    node.roles.includes('controller') && metadata ? [{ node, directory: metadata.id }] : [],
  )
  const firstSnapshot = cluster.quorum === 'dynamic' ? writeFirstSnapshot(template, schemas, voters, now) : null
  return disks.flatMap(({ node, directories }) =>
    directories.flatMap(({ path, id }, at) => {
      const files = new Map([
        ['meta.properties', metaProperties({ clusterId, node: node.id, directory: id, now })],
        [BOOTSTRAP, template.bootstrap],
      ])
      // the metadata log is in the first of a node's directories; an observer fetches this snapshot
      if (firstSnapshot && at === 0 && node.roles.includes('controller')) files.set(FIRST_SNAPSHOT, firstSnapshot)
      return [...files].map(([name, bytes]) => ({ host: node.host, path: `${path}/${name}`, bytes }))
    }),
  )
}

/**
 * 16 bytes in base64url, as org.apache.kafka.common.Uuid.randomUuid makes them: version 4, so none of the first 100,
 * which Kafka reserves; and none that a command line would take for an option.
 */
function randomId(): string {
  for (;;) {
    const id = Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url')
    if (!id.startsWith('-')) return id
  }
}

type Meta = { clusterId: string; node: number; directory: string; now: number }

/** As java.util.Properties stores it (org.apache.kafka.metadata.properties.MetaProperties, version 1). */
function metaProperties({ clusterId, node, directory, now }: Meta): Buffer {
  const [day = '', date, month, year, time] = new Date(now).toUTCString().split(' ')
  const written = `${day.slice(0, 3)} ${month} ${date} ${time} UTC ${year}`
  const lines = [
    '#',
    `#${written}`,
    `cluster.id=${clusterId}`,
    `directory.id=${directory}`,
    `node.id=${node}`,
    'version=1',
  ]
  return Buffer.from(`${lines.join('\n')}\n`)
}

type Voter = { node: NodeDescription; directory: string }

/** The template's own snapshot, with these voters. */
function writeFirstSnapshot(template: Template, schemas: Schemas, voters: Voter[], now: number): Buffer {
  const batches = [...readBatches(template.firstSnapshot)].map((batch) => {
    const records = recordsOf(batch).map(({ key, value }) => {
      if (!key || !value) throw new Error(`${FIRST_SNAPSHOT} of the template holds more than control records`)
      const { type, version, data } = decodeControl(schemas, key, value)
      const message = data as Message
      if (type === 'SnapshotHeader')
        return {
          key,
          value: encode(schemas.codec('SnapshotHeaderRecord', version), { ...message, lastContainedLogTimestamp: now }),
        }
      if (type === 'KRaftVoters')
        return { key, value: encode(schemas.codec('VotersRecord', version), withVoters(message, voters)) }
      return { key, value }
    })
    return encodeBatch(records, {
      baseOffset: batch.baseOffset,
      epoch: batch.leaderEpoch,
      timestamp: now,
      control: true,
    })
  })
  return Buffer.concat(batches)
}

function withVoters(message: Message, voters: Voter[]): Message {
  // what a voter of this Kafka supports is the same for all
  const [like] = message.voters
  return {
    ...message,
    voters: voters.map(({ node, directory }) => ({
      ...like,
      voterId: node.id,
      voterDirectoryId: directory,
      endpoints: [{ name: CONTROLLER_LISTENER, host: node.host, port: CONTROLLER_PORT }],
    })),
  }
}
