/** A learner predicts, creates a topic, sees what that changed, and finds the same in snapshots and what was seen. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, startServer } from '#labs/cli/server.ts'
import { alive, axeViolations, collectComplaints, inColours, launchBrowser, openPage } from '../support/browser.ts'
import { CLUSTER_START_MS, Panel } from '../support/panel.ts'
import { Snapshots } from '../support/snapshots.ts'
import { Workbench } from '../support/workbench.ts'

const LESSON = '/courses/kraft/snapshots/metadata-snapshot'
const WIDE = { width: 1440, height: 900 }
/** Twice what lets a node write a snapshot, in one batch: it is there at once. */
const CREATE = 'kafka-topics --bootstrap-server broker-1:9092 --create --topic orders --partitions 100'

let server: Server
let browser: Browser
let page: Page
let bench: Workbench
let panel: Panel
let snapshots: Snapshots
let complaints: string[]

beforeAll(async () => {
  server = await startServer(process.cwd())
  browser = await launchBrowser()
  page = await openPage(browser)
  complaints = collectComplaints(page)
  bench = new Workbench(page)
  panel = new Panel(page)
  snapshots = new Snapshots(page)
  await page.goto(server.url + LESSON)
  await alive(page)
  await page.getByRole('button', { name: 'Start the lab' }).click()
  await panel.menuButton('controller-1').waitFor({ timeout: CLUSTER_START_MS })
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

test('a prediction that cannot be graded is refused at its field; one that can stays, and is held against what happened', async () => {
  const prediction = page.locator('[data-predict="start"]')
  const field = prediction.getByRole('textbox')
  await field.fill('many')
  // The terminal that opens meanwhile takes no keys that are meant for the field.
  await bench.shows(/learner@/)
  expect(await field.evaluate((input) => input === document.activeElement)).toBe(true)
  await field.press('Enter')
  await prediction.getByText(/whole number/).waitFor()
  expect(await field.getAttribute('aria-invalid')).toBe('true')
  await field.fill('7')
  await field.press('Enter')
  await prediction.getByText('told when the step has passed').waitFor()
  expect(await prediction.getByRole('textbox').count()).toBe(0)

  await panel.act('controller-1', /^Start/)
  await panel.act('broker-1', /^Start/)
  await bench.passed('up')
  // The next step opens with its own question; this one is looked back at.
  await page.locator('[data-predict="idle"]').waitFor()
  await page.locator('[data-step="start"] button').click()
  await prediction.getByText('It came differently').waitFor()
  expect(await prediction.textContent()).toMatch(/Predicted\s*7\s*Happened\s*There w.*It came differently/)
})

test('a command’s badge tells how many records there were, and opens what it changed', async () => {
  await page.getByRole('button', { name: 'Open a terminal on client' }).click()
  await bench.shows(/learner@client/)
  await bench.enter(CREATE)
  await bench.shows(/Created topic orders/)
  await page.getByRole('button', { name: 'List of events' }).click()
  const change = await snapshots.changeOf(/--create --topic orders/)
  await change.getByText(/^Topic orders was created/).waitFor()
  await snapshots.part('topics/orders', change).waitFor()
  expect(await snapshots.part('topics/orders', change).getAttribute('data-mark')).toBe('added')
  expect(await change.locator('[data-record="PARTITION_RECORD"]').count()).toBe(100)
  await change.getByRole('button', { name: /in the log$/ }).click()
  await page
    .getByRole('option')
    .filter({ hasText: /Topic created\s*orders/ })
    .waitFor()
})

test('any snapshot is a tree, told apart from another one, and with the log after it what was seen', async () => {
  await snapshots.open()
  await snapshots.choose('State', /^controller-1: up to offset [1-9]/)
  await snapshots.part('topics/orders').waitFor()
  // By keyboard: down to the topic, and into it.
  await snapshots.tree.locator('[tabindex="0"]').focus()
  await page.keyboard.press('Home')
  await panel.press('ArrowDown', snapshots.part('topics/orders'), 60)
  await page.keyboard.press('ArrowRight')
  expect(await snapshots.part('topics/orders').getAttribute('aria-expanded')).toBe('true')
  await snapshots.part('topics/orders/partitions').waitFor()
  expect(await snapshots.prove()).toMatch(/snapshot to offset [\d,]+.*state at offset [\d,]+.*equal to what was seen/)

  await snapshots.choose('Compare with', /^Compare with controller-1: up to offset 0 /)
  const orders = snapshots.part('topics/orders')
  await orders.and(page.locator('[data-mark="added"]')).waitFor()
  expect(await orders.textContent()).toContain('added')
  await snapshots.choose('Compare with', /^Compare with nothing/)
})

test('tree and change, wide in light and narrow in dark, are free of what axe finds', async () => {
  for (const [width, theme] of [
    [WIDE.width, 'light'],
    [390, 'dark'],
  ] as const) {
    await page.setViewportSize({ ...WIDE, width })
    if (width < 1024) await page.getByRole('navigation').getByRole('button', { name: 'Cluster' }).click()
    await inColours(page, theme)
    expect(await axeViolations(page, theme, { beside: true })).toEqual([])
    const change = await snapshots.changeOf(/--create --topic orders/)
    expect(await axeViolations(page, theme, { beside: true })).toEqual([])
    await change.getByRole('button', { name: 'Close' }).click()
    await change.waitFor({ state: 'detached' })
  }
  expect(complaints).toEqual([])
})
