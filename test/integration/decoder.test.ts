/** The metadata log as our decoder gives it and as kafka-dump-log prints it: the same, field by field. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { COMPRESSIONS } from '#labs/kafka/log/compression.ts'
import { schemas } from '../support/batches.ts'
import { decodeFile, inLines } from '../support/decoded.ts'
import { type DumpedBatch, dumpFiles } from '../support/dump-log.ts'
import { ChangingCluster } from '../support/every-change.ts'
import { everyRecord, segmentOf } from '../support/every-record.ts'
import { runMain } from '../support/kafka-node.ts'
import {
  FETCH_LIMIT_MS,
  INSTALLED,
  type KafkaVersion,
  kafkaOf,
  newerThan,
  OTHER_VERSIONS,
} from '../support/kafka-versions.ts'
import { smallLog } from '../support/segments.ts'
import { SOAK } from '../support/soak.ts'
import { temporaryFolder } from '../support/temporary.ts'

const VERSIONS = [INSTALLED.version, ...(SOAK ? OTHER_VERSIONS : [])]
const SEGMENT = '00000000000000000000.log'

/** In the schemas, and made nowhere in the controller of any of these: crafted records alone show them. */
const NEVER_WRITTEN = [
  // a BROKER_REGISTRATION_CHANGE_RECORD says both now
  'FENCE_BROKER_RECORD',
  'UNFENCE_BROKER_RECORD',
]
/** The migration from ZooKeeper ended with Kafka 3.9. */
const NEVER_WRITTEN_IN_4 = ['ZK_MIGRATION_STATE_RECORD']
const CONTROLS = ['LeaderChange', 'SnapshotHeader', 'SnapshotFooter', 'KRaftVersion', 'KRaftVoters']

const records = (batches: DumpedBatch[]) => batches.flatMap((batch) => batch.records)

/** @returns what both give, by path */
async function expectSame(paths: string[], { program, schemas }: KafkaVersion): Promise<Map<string, DumpedBatch[]>> {
  const dumped = await dumpFiles(paths, program)
  await completed(dumped)
  for (const path of paths)
    expect(inLines(await decodeFile(path, schemas)), path).toEqual(inLines(dumped.get(path) ?? []))
  return dumped
}

/** What is in a control record that an older tool only names: the installed one says it. */
async function completed(dumped: Map<string, DumpedBatch[]>): Promise<void> {
  const named = records([...dumped.values()].flat()).filter(({ data }) => data === undefined)
  if (named.length === 0) return
  const now = await dumpFiles([...dumped.keys()])
  for (const [path, batches] of dumped) {
    const said = records(now.get(path) ?? [])
    for (const [at, record] of records(batches).entries()) {
      if (record.data !== undefined) continue
      expect(said[at]).toMatchObject({ offset: record.offset, type: record.type })
      Object.assign(record, said[at])
    }
  }
}

describe.each(VERSIONS)('Kafka %s', (version) => {
  let kafka: KafkaVersion
  beforeAll(async () => {
    kafka = await kafkaOf(version)
  }, FETCH_LIMIT_MS)

  it('a segment of our own with every record type in every version, with random fields', async () => {
    const every = everyRecord(kafka.schemas, 5, 20)
    const path = join(await temporaryFolder(), SEGMENT)
    writeFileSync(path, segmentOf(every, 7))
    const dumped = records((await expectSame([path], kafka)).get(path) ?? [])
    expect(new Set(dumped.map(({ type, version }) => `${type} ${version}`))).toEqual(every.kinds)
  })

  it('segments and snapshots that a real cluster wrote after every kind of change', async () => {
    const cluster = await ChangingCluster.make(kafka)
    onTestFinished(() => cluster.remove())
    await cluster.start()
    await cluster.everyChange()
    await cluster.ends()

    const paths = cluster.files()
    expect(paths.some((path) => path.endsWith('.checkpoint'))).toBe(true)
    const dumped = records([...(await expectSame(paths, kafka)).values()].flat())
    const never = [...NEVER_WRITTEN, ...(newerThan(version, '4.0') ? NEVER_WRITTEN_IN_4 : [])]
    const written = kafka.schemas.records().flatMap(({ type }) => (never.includes(type) ? [] : [type]))
    expect([...new Set(dumped.map(({ type }) => type))].sort()).toEqual([...written, ...CONTROLS].sort())
  })
})

it('batches in every codec, as Kafka compresses them and as our tests make them', async () => {
  const folder = await temporaryFolder()
  const every = everyRecord(schemas, 6, 5).values
  const values = join(folder, 'values')
  writeFileSync(values, every.map((value) => `${value.toString('base64')}\n`).join(''))
  const [kafkas, ours] = [0, 1].map((offset) => join(folder, `${String(offset).padStart(20, '0')}.log`)) as [
    string,
    string,
  ]
  await runMain('test/fixtures/CompressedLog.java', [values, kafkas], { cwd: process.cwd() })
  writeFileSync(ours, Buffer.concat(smallLog()))

  const dumped = await expectSame([kafkas, ours], INSTALLED)
  const [plain, ...compressed] = dumped.get(kafkas) ?? []
  expect(plain).toMatchObject({ compression: 'none', count: every.length })
  expect(compressed.map(({ compression, count }) => [compression, count])).toEqual(
    COMPRESSIONS.slice(1).map((compression) => [compression, every.length]),
  )
  expect(compressed.every(({ bytes }) => bytes < (plain?.bytes ?? 0))).toBe(true)
  expect(dumped.get(ours)?.map(({ compression }) => compression)).toEqual(['none', ...COMPRESSIONS])
})
