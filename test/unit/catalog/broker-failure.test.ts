/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/broker-failure/lab.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
const died = recorded.seen('node-down')
const fenced = recorded.seen(
  'metadata',
  ({ records }) =>
    records.some(
      ({ type, data }) => type === 'BROKER_REGISTRATION_CHANGE_RECORD' && (data as { fenced?: number }).fenced === 1,
    ),
  died,
)
// Its records may be in the metadata log before anybody has seen it listen.
const back = recorded.seen('process', ({ state }) => state === 'running', died)

test.each([
  ['replicated', recorded.created('orders'), /^All 3 replicas of orders are in sync\. Partitions are led: 0 by broker/],
  ['fenced', fenced, /^broker-2 \(broker 2\) went down\. [\d.]+ s later it was fenced and out of the ISR of all 3/],
  ['leaders-moved', fenced, /^Partition orders-\d is led by broker [13] now, no longer by 2\.$/],
  ['writes-go-on', fenced, /^No write was acknowledged for [\d,]+ ms\.$/],
  ['in-sync-again', back, /^Broker 2 is unfenced, and all 3 replicas of all 3 partitions are in sync\.$/],
  [
    'preferred',
    recorded.passOf('in-sync-again'),
    /^Partitions of orders are led: .*, each by the first of its replicas\.$/,
  ],
  ['none-lost', recorded.passOf('in-sync-again'), /^All [\d,]+ acknowledged records were found\.$/],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})

test('a broker that was fenced before it went down was stopped in order', async () => {
  const inOrder = await Recorded.of(lab)
  const { entries } = inOrder
  const [gone, process] = [entries[died]!.body, entries[died + 1]!.body]
  // The same observations, with the death behind the fencing: number and clock stay those of the place.
  const moved = entries.slice(died + 2, fenced + 1).map(({ body }) => body)
  for (const [index, body] of [...moved, gone, process].entries()) entries[died + index]!.body = body
  expect(await inOrder.at('fenced', fenced + 1)).toMatchObject({
    passed: false,
    says: expect.stringMatching(/^broker-2 \(broker 2\) was stopped in order\./),
  })
})
