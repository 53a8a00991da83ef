/** The checks of the lab on a recorded history: false before what they are about, true with it. */
import { expect, test } from 'vitest'
import lab from '#labs/catalog/reassignment/lab.ts'
import { Recorded } from '../../support/recorded.ts'

const recorded = await Recorded.of(lab)
const opened = (step: string) => {
  const at = recorded.entries.findIndex(({ body }) => body.type === 'step-opened' && body.step === step)
  if (at < 0) throw new Error(`step ${step} did not open`)
  return at + 1
}
const started = recorded.seen('fault', ({ fault }) => fault.action === 'start' && fault.host === 'broker-3')
const restarted = recorded.seen('fault', ({ fault }) => fault.action === 'stop' && fault.host === 'broker-2')
const stopped = recorded.seen('fault', ({ fault }) => fault.action === 'stop' && fault.host === 'broker-1')

test.each([
  ['joined', started, /^Broker 3 is unfenced\./],
  ['throttled', recorded.passOf('joined'), /^Record \d+ began it\. Broker 3 may receive 1,000,000 bytes a second/],
  ['moved', recorded.passOf('throttled'), /^Record \d+ ended it, \d+\.\d s after it began\. orders-0: 3, 2, led by 3;/],
  ['unthrottled', recorded.passOf('moved'), /^Neither a broker nor a topic/],
  ['led-back', restarted, /^Broker 3 led orders-1 for a while\. Now orders-0 is led by 3, orders-1 is led by 2\.$/],
  ['drained', opened('remove'), /^None of the \d+ topics needs broker 1\.$/],
  ['unregistered', stopped, /^The cluster has 2 brokers\.$/],
  [
    'nothing-lost',
    recorded.passOf('unregistered'),
    /^[\d,]+ writes of the probe were acknowledged, and all were read back\./,
  ],
])('%s', async (check, trigger, says) => {
  expect(await recorded.at(check, trigger)).toMatchObject({ passed: false })
  expect(await recorded.at(check, recorded.passOf(check))).toMatchObject({
    passed: true,
    says: expect.stringMatching(says),
  })
})

test('the guess of twenty seconds was right: that many bytes, at that rate', () => {
  const outcome = recorded.entries.map(({ body }) => body).find(({ type }) => type === 'outcome')
  expect(outcome).toMatchObject({ step: 'move', right: true, says: expect.stringMatching(/^It took \d+\.\d s/) })
})
