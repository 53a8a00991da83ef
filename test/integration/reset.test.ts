/** "Reset to this step" in a real room: the same lab session, a fresh room, the solution typed up to the step. */
import { expect, test } from 'vitest'
import { findPasses } from '#data/check-pass.ts'
import { findLabSession } from '#data/lab-session.ts'
import { signInGuest, temporaryDatabase } from '../support/database.ts'
import { ask, Browser, startGateway } from '../support/gateway.ts'
import { SOAK } from '../support/soak.ts'

const LAB = 'quick-start'
const HOST = 'broker-1'

test.runIf(SOAK)(
  'a learner goes back to a step, and what is done for them does not count',
  async () => {
    const { data, auth, database } = await temporaryDatabase()
    const { cookie } = await signInGuest(auth)
    const gateway = await startGateway(data)
    const { body } = await ask(gateway, 'POST', '/gateway/lab-sessions', { cookie, body: { lab: LAB } })
    const browser = await Browser.open(gateway, body.id, cookie)
    const step = (id: string) => browser.state?.steps.find((one) => one.id === id)
    await browser.room('ready')

    browser.send({ type: 'step.reset', step: 'topic' })
    await browser.until(
      () => browser.messages.some((one) => one.type === 'error' && one.code === 'NOT_TRIED'),
      'refusal',
    )

    const command =
      'touch /tmp/was-here; ./bin/kafka-storage format --config ./etc/kafka/kraft/server.properties --cluster-id $(./bin/kafka-storage random-uuid)'
    browser.send({ type: 'terminal.run', host: HOST, preferred: null, command, cols: 100, rows: 30 })
    await browser.until(() => step('format')?.status === 'passed', 'the format to pass')

    browser.send({ type: 'step.reset', step: 'start' })
    await browser.until(() => browser.state?.replay?.step === 'start', 'the replay to begin')
    browser.send({ type: 'answer', step: 'format', given: 'x' })
    await browser.until(
      () => browser.state?.room.status === 'ready' && browser.state.replay === null,
      'the replay to end',
    )
    expect(browser.state).toMatchObject({ id: body.id, replayFailed: null })
    expect(step('format')).toMatchObject({ status: 'passed', checks: [{ counts: true, passedBefore: true }] })
    expect(step('start')).toMatchObject({ status: 'open' })
    // Its commands can be read where they were typed.
    expect(browser.state!.terminals.map(({ host }) => host)).toEqual([HOST])
    expect(await findLabSession(database, body.id)).toMatchObject({ endedAt: null })
    const { userId } = await findLabSession(database, body.id)
    const passes = await findPasses(database, { userId, lab: LAB })
    expect(new Set(passes.map(({ step }) => step))).toEqual(new Set(['format']))

    browser.send({ type: 'step.reset', step: 'format' })
    await browser.until(() => browser.state?.room.status === 'starting', 'another room')
    await browser.room('ready')
    expect(step('format')).toMatchObject({ status: 'open', checks: [{ counts: true }] })
    expect(await gateway.stop()).toBe(0)
  },
  300_000,
)
