/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/metadata-lag/lab.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
const isBroker2 = ({ host }: { host: string }) => host === 'broker-2'
const paused = recorded.seen('process', (seen) => isBroker2(seen) && seen.state === 'paused')
const resumed = recorded.seen('process', (seen) => isBroker2(seen) && seen.state === 'running', paused)
const created = recorded.created('news')

test.each([
  ['paused', paused, /^The process of broker-2 exists, and does nothing\. Its broker epoch is \d+\.$/],
  ['lags', paused + 1, /^The log of broker 2 ended at \d+ .* \d+ records more\.$/],
  ['fenced', paused + 1, /^Broker 2 was fenced \d+\.\d s after its process was paused\.$/],
  [
    'created-without',
    created,
    /^news is record \d+, its 4 partitions on brokers 1\. The log of broker 2 ends at \d+\.$/,
  ],
  ['unfenced', resumed, /^Broker 2 is unfenced; its broker epoch is \d+\.$/],
  ['caught-up', resumed, /^The log of broker 2 ends at \d+: it has record \d+/],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})

test('the end of the paused replica is asked for, not that of the leader, nor the lag', async () => {
  const count = recorded.passOf('fenced')
  const { says } = await recorded.at('lags', recorded.passOf('lags'))
  const [, end, committed] = /ended at (\d+) .* below (\d+)/.exec(says)!
  expect(await recorded.answered('pause', end!, count)).toMatchObject({ passed: true })
  expect(await recorded.answered('pause', committed!, count)).toMatchObject({ passed: false })
  expect(await recorded.answered('pause', String(Number(committed) - Number(end)), count)).toMatchObject({
    passed: false,
  })
})

test('the prediction was held against the broker epoch that it had', () => {
  const outcome = recorded.entries.map(({ body }) => body).find(({ type }) => type === 'outcome')
  expect(outcome).toMatchObject({
    step: 'resume',
    right: true,
    says: expect.stringMatching(/^Under the old one, \d+\./),
  })
})

test('a topic with a replica on the broker that sleeps was made too early', async () => {
  const shared = await Recorded.of(lab)
  const body = shared.entries[created]!.body
  if (body.type !== 'observed' || body.observation.type !== 'metadata') throw new Error('no records there')
  for (const record of body.observation.records)
    if (record.type === 'PARTITION_RECORD') (record.data as { replicas: number[] }).replicas = [1, 2]
  expect(await shared.at('created-without', shared.passOf('created-without'))).toMatchObject({
    passed: false,
    says: expect.stringMatching(/^4 partitions of news have a replica on broker 2/),
  })
})
