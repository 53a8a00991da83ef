/** A learner kills a broker and reads in the metadata log, as it lies on each node, what the controller made of it. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Server, startServer } from '#labs/cli/server.ts'
import { axeViolations, collectComplaints, launchBrowser, openPage } from '../support/browser.ts'
import { Inspector } from '../support/inspector.ts'
import { CLUSTER_START_MS, Panel } from '../support/panel.ts'

const LESSON = '/courses/kraft/broker-failure/broker-failure'
/** broker.session.timeout.ms, and what a busy machine takes beyond it */
const FENCED_MS = 25_000
/** NoOps that come while somebody reads what is older. */
const NO_OPS = 3

let server: Server
let browser: Browser
let page: Page
let panel: Panel
let inspector: Inspector
let complaints: string[]

beforeAll(async () => {
  server = await startServer(process.cwd())
  browser = await launchBrowser()
  page = await openPage(browser)
  complaints = collectComplaints(page)
  panel = new Panel(page)
  inspector = new Inspector(page)
  await page.goto(server.url + LESSON)
  await page.getByRole('button', { name: 'Start the lab' }).click()
  await panel.condition('broker-2', 'up')
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

test('finds the BROKER_REGISTRATION_CHANGE_RECORD that fences a killed broker through the inspector by keyboard only', async () => {
  const { keyboard } = page
  await panel.menuButton('broker-2').focus()
  await keyboard.press('Enter')
  await panel.press('ArrowDown', page.getByRole('menuitem', { name: /^Kill/ }))
  await keyboard.press('Enter')

  await panel.press('Shift+Tab', inspector.tab, 20)
  await keyboard.press('Enter')
  await inspector.list.waitFor({ timeout: CLUSTER_START_MS })
  await panel.press('Tab', inspector.list)
  await keyboard.press('/')
  expect(await inspector.find.evaluate((input) => input === document.activeElement)).toBe(true)
  await keyboard.type('registration changed fenced')
  await keyboard.press('Enter')
  await vi.waitFor(
    async () => {
      await keyboard.press('End')
      expect(await inspector.activeRow()).toMatch(/Broker registration changed\s*broker-2: fenced/)
    },
    { timeout: FENCED_MS, interval: 200 },
  )
  await keyboard.press('Enter')
  expect(await inspector.recordType()).toBe('BROKER_REGISTRATION_CHANGE_RECORD')
  expect(await inspector.field('brokerId')).toMatch(/^2\s*broker-2$/)
  expect(await inspector.field('fenced')).toMatch(/^1\s*fenced$/)
  expect(await inspector.fact('state')).toBe('committed')

  // On to the fields, a link of them, and back.
  await keyboard.press('Enter')
  expect(await panel.focused()).toBe('Broker registration changed')
  await panel.press('Tab', page.locator('[data-field="brokerId"] button'))
  await keyboard.press('Enter')
  await inspector.shows(/broker-2: fenced/)
  await inspector.shows(/Broker registered\s*broker-2/)
  await keyboard.press('Escape')
  expect(await inspector.detail.count()).toBe(0)
  expect(await inspector.list.evaluate((list) => list === document.activeElement)).toBe(true)
})

test('the records before it move what the broker led, and a filter leaves only those', async () => {
  await page.getByRole('button', { name: 'Clear the filter' }).click()
  await page.getByLabel('Type', { exact: true }).selectOption('PARTITION_CHANGE_RECORD')
  await page.getByLabel('Topic', { exact: true }).selectOption('__kraftlab-probe')
  await inspector.shows(/__kraftlab-probe-0: .*ISR/)
  const rows = await inspector.records()
  expect(rows.length).toBeGreaterThan(0)
  for (const row of rows) expect(row).toContain('__kraftlab-probe-0')
  await inspector.row(/ISR/).last().click()
  expect(await inspector.field('topicId')).toMatch(/^[\w-]{22}\s*__kraftlab-probe$/)
  await page.getByRole('button', { name: 'Clear the filter' }).click()
})

test('the same record lies in a follower’s files; the log of the dead broker ends before it', async () => {
  await inspector
    .row(/broker-2: fenced/)
    .last()
    .click()
  const offset = await inspector.fact('offset')
  await inspector.host('broker-1')
  await page.getByText('from its files').waitFor()
  await vi.waitFor(async () => expect(await inspector.fact('file')).toBe('00000000000000000000.log'))
  expect(await inspector.fact('offset')).toBe(offset)
  expect(Number((await inspector.fact('position')).replaceAll(',', ''))).toBeGreaterThan(0)

  await inspector.host('broker-2 (down)')
  await page.locator('[data-behind]').waitFor()
  expect(await inspector.lastOffset()).toBeLessThan(Number(offset))
  expect(await inspector.row(/broker-2: fenced/).count()).toBe(0)
  await inspector.host('Leader: controller-1')
})

test('what is read stays where it is while NoOps come, and one button leads back to the newest', async () => {
  await inspector
    .row(/broker-2: fenced/)
    .last()
    .waitFor()
  await inspector.list.focus()
  await page.keyboard.press('Home')
  const before = await inspector.view()
  const end = await inspector.lastOffset()
  await vi.waitFor(async () => expect(await inspector.lastOffset()).toBeGreaterThanOrEqual(end + NO_OPS), {
    timeout: CLUSTER_START_MS,
  })
  expect(await inspector.view()).toEqual(before)
  await page.locator('[data-newest]').click()
  await inspector.row(/NoOp/).last().waitFor()
  expect(await page.locator('[data-newest]').count()).toBe(0)
})

test('list and record, wide in light, narrow in dark, are free of what axe finds', async () => {
  for (const [width, colorScheme] of [
    [1440, 'light'],
    [390, 'dark'],
  ] as const) {
    await page.setViewportSize({ width, height: 900 })
    await page.emulateMedia({ colorScheme })
    if (width < 1024) await page.getByRole('navigation').getByRole('button', { name: 'Cluster' }).click()
    await inspector
      .row(/broker-2: fenced/)
      .last()
      .click()
    await inspector.detail.waitFor()
    expect(await axeViolations(page, colorScheme, { beside: true })).toEqual([])
  }
  expect(complaints).toEqual([])
})
