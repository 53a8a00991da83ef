/** The main job, end to end: a learner in a real browser does the Quick Start, and the gateway is killed in the middle. */
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, startServer } from '#labs/cli/server.ts'
import { launchBrowser, openPage } from '../support/browser.ts'
import { Workbench } from '../support/workbench.ts'

const LESSON = '/courses/kraft/quick-start/quick-start'

let data: string
let server: Server
let browser: Browser
let page: Page

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'kraftlab-quick-start-'))
  server = await startServer(process.cwd(), {}, { data })
  browser = await launchBrowser()
  page = await openPage(browser)
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await rm(data, { recursive: true, force: true })
})

/** The gateway is a child of the supervisor. */
function gatewayPid(): number {
  const children = execFileSync('ps', ['--ppid', String(server.pid), '-o', 'pid=,args='], { encoding: 'utf8' })
  const line = children.split('\n').find((one) => one.includes('gateway.mjs'))
  return Number(line?.trim().split(' ')[0])
}

test('the whole Quick Start, by clicks and by keys, with the gateway killed in the middle', async () => {
  await page.goto(server.url + LESSON)
  const bench = new Workbench(page)
  await bench.start()

  // The wrong thing first: a node that was never formatted does not start, and nothing ticks.
  await bench.enter('./bin/kafka-server-start ./etc/kafka/kraft/server.properties')
  await bench.shows(/No readable meta.properties/)
  expect(await bench.status('formatted')).toBe('open')
  expect(await bench.status('node-alive')).toBe('closed')

  await bench.click('kafka-storage format --config')
  expect(await bench.passed('formatted')).toMatch(/Node 1 is formatted for cluster [\w-]{22}/)

  await bench.enter('./bin/kafka-server-start ./etc/kafka/kraft/server.properties')
  expect(await bench.passed('node-alive')).toContain('ports 9092 and 9093')
  expect(await bench.passed('leads-itself')).toContain('Node 1 leads in epoch')

  // An editor in a second terminal, with a line not yet saved.
  await bench.newTerminal()
  await bench.enter('vim notes.txt')
  await bench.shows(/notes.txt/)
  await bench.type('i')
  await bench.type('the quorum has one voter')
  await bench.shows(/the quorum has one voter/)

  const killed = gatewayPid()
  expect(killed).toBeGreaterThan(1)
  process.kill(killed, 'SIGKILL')
  await bench.page.getByText('Reconnecting').first().waitFor({ timeout: 10_000 })

  // vim is as it was, and goes on.
  await bench.shows(/the quorum has one voter/)
  await page.getByText('Reconnecting').first().waitFor({ state: 'hidden', timeout: 30_000 })
  await bench.type(', itself')
  await bench.shows(/the quorum has one voter, itself/)
  await page.keyboard.press('Escape')
  await bench.enter(':wq')
  await bench.enter('cat notes.txt')
  await bench.shows(/^the quorum has one voter, itself$/m)
  expect(await bench.status('leads-itself')).toBe('passed')

  await bench.click('--create --topic orders --partitions 3')
  expect(await bench.passed('topic-created')).toContain('3 partitions')

  await bench.enter(
    './bin/kafka-console-producer --bootstrap-server localhost:9092 --topic orders --reader-property parse.key=true --reader-property key.separator=:',
  )
  await bench.shows(/^>/m)
  for (const order of ['alice:book', 'bob:lamp', 'carol:chair', 'dave:desk', 'alice:pen']) await bench.enter(order)
  expect(await bench.passed('records-with-keys')).toContain('5 records with keys')
  await bench.interrupt()

  await bench.enter(
    './bin/kafka-console-consumer --bootstrap-server localhost:9092 --topic orders --group billing --from-beginning',
  )
  await bench.shows(/^pen$/m)
  expect(await bench.passed('group-committed')).toContain('committed all 5 records')
  await bench.interrupt()

  await bench.enter('./bin/kafka-topics --bootstrap-server localhost:9092 --create --topic payments')
  await bench.passed('payments-created')
  // Corrected, saved and run in the page.
  const editor = page.locator('[data-editor]')
  await page.getByRole('button', { name: 'Files', exact: true }).click()
  await editor.getByRole('button', { name: 'producer.py' }).click()
  await editor.getByRole('textbox', { name: 'producer.py on broker-1' }).getByText('bootstrap.servers').click()
  for (const key of ['End', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'Backspace', '2', 'Control+s'])
    await page.keyboard.press(key)
  await editor.getByText(/^Saved at/).waitFor()
  await editor.getByRole('button', { name: 'Run', exact: true }).click()
  expect(await bench.passed('python-records')).toContain('10 records from Python')
  // The programs in Java and JavaScript are the soak run's: lesson-commands and verify.
})

test('a reload finds the terminals and the checks; the course page has the progress', async () => {
  await page.reload()
  const bench = new Workbench(page)
  await bench.passed('python-records')
  await bench.shows(/learner@broker-1/)
  await page.goto(`${server.url}/courses/kraft`)
  await page
    .getByText(/8 of 10/)
    .first()
    .waitFor({ timeout: 10_000 })
})

test('after a restart of everything the progress is there, and a new room can be had', async () => {
  const { port } = new URL(server.url)
  await server.stop()
  server = await startServer(process.cwd(), { PORT: port }, { data })
  await page.goto(`${server.url}/courses/kraft`)
  await page
    .getByText(/8 of 10/)
    .first()
    .waitFor({ timeout: 10_000 })
  await page.goto(server.url + LESSON)
  const bench = new Workbench(page)
  await page.getByText('Passed in an earlier room').first().waitFor({ timeout: 20_000 })
  await page.getByRole('button', { name: /^Start (the lab|a new room)$/ }).click()
  await bench.shows(/learner@broker-1/)
  expect(await bench.status('formatted')).toBe('open')
})
