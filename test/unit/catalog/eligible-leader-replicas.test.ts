/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/eligible-leader-replicas/lab.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
const isAt =
  (of: string) =>
  ({ host }: { host: string }) =>
    host === of
const stopped = recorded.seen('node-down', isAt('broker-2'))
const last = recorded.seen('fault', ({ fault }) => fault.action === 'stop' && fault.host === 'broker-1')
const back = recorded.seen('fault', ({ fault }) => fault.action === 'start' && fault.host === 'broker-2', last)
const killed = recorded.seen('fault', ({ fault }) => fault.action === 'kill')

test.each([
  ['replicated', recorded.created('orders'), /^Broker 1 leads orders-0; in sync are 1, 2, 3\.$/],
  [
    'elr-filled',
    Math.min(stopped, recorded.passOf('elr-filled') - 1),
    /^orders-0: led by broker 1; in sync: 1; eligible: 2\. Broker 2 left last/,
  ],
  ['no-leader', last, /^orders-0: no leader; in sync: nobody; eligible: 1, 2\.$/],
  ['elr-leads', back, /^orders-0: led by broker 2; in sync: 2; eligible: 1\. Broker 1 had led until then\.$/],
  ['none-lost', recorded.passOf('elr-leads'), /^All [\d,]+ acknowledged records were found\.$/],
  [
    'out-of-elr',
    killed,
    /^Broker 1 was in the ELR \[1\], came back without a clean shutdown, and was taken out: \[\]\.$/,
  ],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})
