/** A trial in real rooms: what it shows, what it refuses, and that nothing is left of it however it ends. */
import { readdir } from 'node:fs/promises'
import { expect, test, vi } from 'vitest'
import { roomsRunDirectory } from '#labs/sandbox/room.ts'
import { signInGuest, temporaryDatabase } from '../support/database.ts'
import { ask, Browser, startGateway } from '../support/gateway.ts'
import { SOAK } from '../support/soak.ts'

const CHECK = 'program-runs'
const GONE_MS = 20_000

test.runIf(SOAK)(
  'a trial ends by itself, with the gateway, and with its lab session',
  async () => {
    const { data, auth } = await temporaryDatabase()
    const { cookie } = await signInGuest(auth)
    const rooms = () => readdir(roomsRunDirectory(data))
    const onlyRoom = (id: string) => vi.waitFor(async () => expect(await rooms()).toEqual([id]), GONE_MS)
    let gateway = await startGateway(data)
    const { body } = await ask(gateway, 'POST', '/gateway/lab-sessions', {
      cookie,
      body: { lab: 'preparing-clients' },
    })
    let browser = await Browser.open(gateway, body.id, cookie)
    const check = () => browser.check(CHECK)
    const doing = (what: string) =>
      browser.until(() => browser.state?.trying?.doing === what, `the trial to be at ${what}`)
    const refused = (code: string) =>
      browser.until(() => browser.messages.some((one) => one.type === 'error' && one.code === code), code)
    await browser.room('ready')

    browser.send({ type: 'try', check: 'order-sent' })
    await refused('BAD_REQUEST')
    browser.send({ type: 'try', check: CHECK })
    await doing('starting')
    browser.send({ type: 'try', check: CHECK })
    await refused('ALREADY_SO')
    await browser.until(() => check()?.trial?.at, 'the result')
    expect(browser.state?.trying).toBeNull()
    expect(check()).toMatchObject({ status: 'open', says: expect.stringMatching(/^Nothing arrived/) })
    expect(check()?.trial).toMatchObject({ failed: null, shown: { status: 1, files: 11 } })
    expect(check()?.trial?.shown?.text).toContain('package org.apache.zookeeper does not exist')
    await onlyRoom(body.id)

    browser.send({ type: 'try', check: CHECK })
    await doing('running')
    expect(await rooms()).toHaveLength(2)
    await gateway.kill()
    gateway = await startGateway(data)
    browser = await Browser.open(gateway, body.id, cookie)
    await browser.room('ready')
    expect(browser.state?.trying).toBeNull()
    await onlyRoom(body.id)

    browser.send({ type: 'try', check: CHECK })
    await doing('running')
    await ask(gateway, 'DELETE', `/gateway/lab-sessions/${body.id}`, { cookie })
    await vi.waitFor(async () => expect(await rooms()).toEqual([]), GONE_MS)
    expect(await gateway.stop()).toBe(0)
  },
  600_000,
)
