/** A learner watches a real cluster in the browser, breaks it by a button and by hand, and looks back. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Server, startServer } from '#labs/cli/server.ts'
import { roomsRunDirectory } from '#labs/sandbox/room.ts'
import { alive, axeViolations, collectComplaints, inColours, launchBrowser, openPage } from '../support/browser.ts'
import { CLUSTER_START_MS, Panel } from '../support/panel.ts'
import { commandLine, descendants } from '../support/room.ts'
import { SOAK } from '../support/soak.ts'
import { Workbench } from '../support/workbench.ts'

const LESSON = '/courses/kraft/electing-a-leader/controller-failover'
/** What the issue promises. */
const FAILOVER_MS = 10_000

let server: Server
let browser: Browser
let page: Page
let bench: Workbench
let panel: Panel
let complaints: string[]

beforeAll(async () => {
  server = await startServer(process.cwd())
  browser = await launchBrowser()
  page = await openPage(browser)
  complaints = collectComplaints(page)
  bench = new Workbench(page)
  panel = new Panel(page)
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

test('the panel shows who leads; killed by its button and by hand, another is shown within 10 s; the past can be seen again', async () => {
  await page.goto(server.url + LESSON)
  await alive(page)
  await page.getByRole('button', { name: 'Start the lab' }).click()
  const first = await panel.leads((host) => host.startsWith('controller-'), CLUSTER_START_MS)
  const firstEpoch = await panel.fact('epoch')
  expect(firstEpoch).toBeGreaterThan(0)
  expect(await page.locator('[data-picture] [data-leads="true"]').count()).toBe(1)

  await panel.act(first, /^Kill/)
  const second = await panel.leads((host) => host !== first, FAILOVER_MS)
  const secondEpoch = await panel.fact('epoch')
  expect(secondEpoch).toBeGreaterThan(firstEpoch)
  await panel.condition(first, 'down')
  await panel.act(first, /^Start/)
  await panel.condition(first, 'up')

  await page.getByRole('button', { name: `Open a terminal on ${second}` }).click()
  await bench.shows(new RegExp(`learner@${second}`))
  await bench.enter('pkill -9 -f kafka.Kafka')
  await panel.leads((host) => host !== second, FAILOVER_MS)
  expect(await panel.fact('epoch')).toBeGreaterThan(secondEpoch)

  // Back, event by event, until the second leads again; then on to now.
  const scrubber = page.getByRole('slider', { name: 'Moment shown' })
  await vi.waitFor(
    async () => {
      await scrubber.press('ArrowLeft')
      await page.getByText('You are looking at').first().waitFor({ timeout: 1_000 })
      if ((await panel.leader()) !== second) throw new Error('not yet back where the second led')
    },
    { timeout: FAILOVER_MS, interval: 150 },
  )
  expect(await page.locator(`[data-host="${second}"]`).getAttribute('data-leads')).toBe('true')
  expect(await page.getByRole('button', { name: `What to do to ${second}` }).isDisabled()).toBe(true)
  await page.getByRole('button', { name: 'Back to live' }).first().click()
  await panel.leads((host) => host !== second, FAILOVER_MS)
})

test('picture and tables, in both themes, are free of what axe finds', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await inColours(page, colorScheme)
    // the pages' own test looks at a lesson in light
    if (SOAK || colorScheme === 'dark') expect(await axeViolations(page, colorScheme, { beside: true })).toEqual([])
  }
  await page.getByRole('button', { name: 'As tables' }).click()
  const table = page.getByRole('table', { name: 'Nodes of the cluster main' })
  expect(await table.getByRole('row').count()).toBe(6)
  await page.getByRole('button', { name: 'List of events' }).click()
  expect(await axeViolations(page, 'light', { beside: true })).toEqual([])
  await page.getByRole('button', { name: 'As tables' }).click()
  expect(complaints).toEqual([])
})

test('an isolated host is drawn so, and one button mends all', async () => {
  await panel.act('broker-2', /^Isolate/)
  await page.locator('[data-host="broker-2"]').getByText('isolated').waitFor({ timeout: FAILOVER_MS })
  expect(await page.locator('[data-cut="both"]').count()).toBeGreaterThan(3)
  await panel.heal()
})

test('the room is split by keyboard alone; pictured, told in a table, and mended', async () => {
  const split = async () => {
    await panel.networkButton.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: /^Split the room/ }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Split the room' }).waitFor()
  }
  await split()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await expect.poll(() => panel.focused()).toContain('Network')
  await panel.cuts(0)

  // The first host alone, all others together: that is what the dialog offers.
  await split()
  const others = (await page.getByRole('dialog').getByRole('group').count()) - 1
  await panel.press('Tab', page.getByRole('dialog').getByRole('button', { name: 'Split', exact: true }))
  await page.keyboard.press('Enter')
  await panel.cuts(others, 'both')
  await page.getByRole('button', { name: 'As tables' }).click()
  expect(await panel.rows('Cut links')).toHaveLength(others)
  await page.getByRole('button', { name: 'As tables' }).click()
  await panel.heal()
})

test('one direction is cut; cut again nothing changes, and that is said', async () => {
  for (const again of [false, true]) {
    await panel.network(/^Cut one direction/)
    const dialog = page.getByRole('dialog', { name: 'Cut one direction' })
    await dialog.getByLabel('From').selectOption('controller-1')
    await dialog.getByLabel('To').selectOption('controller-1')
    expect(await dialog.getByRole('button', { name: 'Cut', exact: true }).isDisabled()).toBe(true)
    await dialog.getByLabel('To').selectOption('broker-1')
    await dialog.getByRole('button', { name: 'Cut', exact: true }).click()
    if (again)
      await page.getByText('The link from controller-1 to broker-1 is cut already.').waitFor({ timeout: FAILOVER_MS })
    await panel.cuts(1, 'one')
  }
  await panel.heal()
})

test('where data is lost, and only there, it is asked first; what leaves the ISR is marked', async () => {
  await page.getByRole('button', { name: 'Open a terminal on client' }).click()
  await bench.shows(/learner@client/)
  await bench.enter(
    'kafka-topics --bootstrap-server broker-1:9092 --create --topic orders --replica-assignment 1:2,2:1 && echo made $((1))',
  )
  await bench.shows(/made 1/)
  const rows = page.locator('[data-partitions] tbody tr').filter({ hasText: 'orders-' })
  await rows.first().waitFor({ timeout: FAILOVER_MS })
  await panel.act('broker-2', /^Wipe the disk/)
  const asked = page.getByRole('alertdialog', { name: 'Wipe the disk of broker-2?' })
  await asked.getByRole('button', { name: 'Cancel' }).click()
  await asked.waitFor({ state: 'detached' })
  await panel.condition('broker-2', 'up')

  await panel.act('broker-2', /^Stop/)
  await page.locator('[data-partitions] [data-changed="true"]').first().waitFor({ timeout: CLUSTER_START_MS })
  await panel.condition('broker-2', 'down')
  await panel.act('broker-2', /^Wipe the disk/)
  await asked.getByRole('button', { name: 'Wipe the disk' }).click()
  await page.getByText('broker-2 was killed and its disk wiped').first().waitFor({ timeout: FAILOVER_MS })
})

test('a spawner that dies is started again and its terminals say so; without its switch a room is over, progress is not', async () => {
  const leader = await panel.leader()
  const question = page.locator('[data-check="find-answer"]')
  const found = page.locator('[data-step="find"]').filter({ hasText: 'passed' })
  await question.getByRole('textbox').fill(String(100 + Number(leader.slice('controller-'.length))))
  await question.getByRole('textbox').press('Enter')
  await found.waitFor({ timeout: FAILOVER_MS })

  await page.getByRole('button', { name: 'Open a terminal on client' }).click()
  await bench.enter('kill -9 -1')
  await page.getByText("The host's terminal service was restarted.").first().waitFor({ timeout: FAILOVER_MS })
  await page.getByRole('button', { name: 'Open a terminal on client' }).click()
  await bench.shows(/learner@client/)

  const [room = ''] = await readdir(roomsRunDirectory(server.data))
  const note = await readFile(join(roomsRunDirectory(server.data), room, 'pid'), 'utf8')
  const outer = Number.parseInt(note, 10)
  const switchPid = descendants(outer).find((pid) => commandLine(pid).includes('switch.mjs'))
  if (!switchPid) throw new Error('the switch is not there')
  process.kill(switchPid, 'SIGKILL')
  await page.getByText('This room has ended').first().waitFor({ timeout: FAILOVER_MS })
  await page
    .getByText(/its switch has stopped. Your progress is kept/)
    .first()
    .waitFor({ timeout: FAILOVER_MS })
  await page.getByRole('button', { name: 'Start a new room' }).click()
  await question.getByText('Passed in an earlier room.').waitFor({ timeout: CLUSTER_START_MS })
  await page.getByRole('button', { name: 'Open a terminal on client' }).click()
  await bench.shows(/learner@client/)
  // that a room's cluster starts is this file's first test
  if (SOAK) await panel.leads((host) => host.startsWith('controller-'), CLUSTER_START_MS)
})
