/** The live class page with 200 learners: recorded histories through real engines, the real board, the real page. */
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { openDatabase } from '#data/database.ts'
import lab from '#labs/catalog/controller-failover/lab.ts'
import { type Server, startServer } from '#labs/cli/server.ts'
import { readHistory } from '#labs/engine/history.ts'
import { becomeFirstAdministrator, makeClassAt } from '../../support/accounts.ts'
import { axeViolations, collectComplaints, inColours, launchBrowser, openPage } from '../../support/browser.ts'
import { ROOT } from '../../support/database.ts'
import { type Plan, ReplayedClass } from '../../support/replayed-class.ts'
import { SOAK } from '../../support/soak.ts'

const LEARNERS = 200
/** What an instructor is promised. */
const PUSHED_WITHIN_MS = 1_000
/** A screen of 60 Hz draws each 16.7 ms; a page that feels smooth misses few, also beside 200 engines and other tests. */
const FRAME_P95_MS = SOAK ? 67 : 100
const FRAME_MEDIAN_MS = 34
/** As it was, and in the sample several times as fast: so many more passes a second. */
const [PACE, PLAYED_SECONDS] = SOAK ? [1, 40] : [3, 15]
const RECORDED = join(import.meta.dirname, '../../fixtures/histories/controller-failover.ndjson')
const SHOTS = process.env.KRAFTLAB_SHOTS

let server: Server
let browser: Browser
let page: Page
let replayed: ReplayedClass
let classId: string
const complaints: string[] = []
const nameOf = (index: number) => `Learner ${String(index + 1).padStart(3, '0')}`
const idOf = (index: number) => `learner-${index + 1}`

beforeAll(async () => {
  server = await startServer(process.cwd())
  browser = await launchBrowser()
  page = await openPage(browser)
  collectComplaints(page, complaints)
  await becomeFirstAdministrator(page, server.url, server.log, 'Ida')
  classId = await makeClassAt(page, server.url, 'KRaft 200')
  const learners = Array.from({ length: LEARNERS }, (_, index) => ({ userId: idOf(index), name: nameOf(index) }))
  const database = openDatabase({ root: ROOT, data: server.data })
  await database.user.createMany({
    data: learners.map(({ userId, name }) => ({ id: userId, name, email: `${userId}@example.com` })),
  })
  await database.classMember.createMany({
    data: learners.map(({ userId }) => ({ classId, userId, role: 'learner' })),
  })
  await database.assignment.create({
    data: { classId, kind: 'lab', course: 'kraft', slug: lab.slug, points: 10 },
  })
  await database.$disconnect()
  const { entries } = await readHistory(RECORDED)
  replayed = await ReplayedClass.open(lab, entries, learners, join(server.data, 'replayed'), 1)
})
afterAll(async () => {
  await replayed?.close()
  await browser?.close()
  await server?.stop()
  expect(complaints).toEqual([])
})

const live = () => `${server.url}/classes/${classId}/live`
const count = (shown: string) => page.locator(`[data-count="${shown}"]`).textContent()

test('the gateway itself serves the class: all learners, none of them here', async () => {
  await page.goto(live())
  await page.locator('[data-learner="Learner 200"]').waitFor()
  expect(await page.locator('[data-learner]').count()).toBe(LEARNERS)
  expect(await count('away')).toBe(`${LEARNERS} not here`)
})

test('200 learners: each pass is in the page within a second, and it stays smooth', async () => {
  // The same page, with the board of those who replay instead of the gateway's.
  const address = await replayed.serve()
  await page.routeWebSocket(/\/gateway\/classes\//, (route) => {
    const socket = new WebSocket(address)
    const waiting: string[] = []
    route.onMessage((message) => {
      if (socket.readyState === socket.OPEN) socket.send(String(message))
      else waiting.push(String(message))
    })
    socket.on('open', () => {
      for (const message of waiting) socket.send(message)
    })
    socket.on('message', (data) => route.send(String(data)))
    socket.on('close', () => void route.close())
    route.onClose(() => socket.close())
  })
  await page.goto(live())
  await page.locator('[data-learner="Learner 200"][data-standing="working"]').waitFor()

  await page.evaluate(watchPage)
  const passes: { name: string; step: string; passed: number; at: number }[] = []
  for (let index = 0; index < LEARNERS; index++) {
    const { engine } = replayed.live(idOf(index))
    const had = new Map<string, number>()
    engine.on('passed', ({ step }) => {
      had.set(step, (had.get(step) ?? 0) + 1)
      passes.push({ name: nameOf(index), step, passed: had.get(step)!, at: Date.now() })
    })
  }
  replayed.play(planOf)
  for (let second = 0; second < PLAYED_SECONDS; second++) {
    await page.mouse.move(700, 600)
    await page.mouse.wheel(0, second % 2 === 0 ? 900 : -900)
    await page.waitForTimeout(1_000)
  }
  const { frames, seen } = await page.evaluate(() => (window as unknown as Watching).watched())
  const delays = passes.flatMap(({ name, step, passed, at }) => {
    const shown = seen.find((one) => one.cell === `${name}/${step}` && one.passed >= passed)
    return [shown ? Math.max(0, shown.at - at) : Number.POSITIVE_INFINITY]
  })
  const part = (all: number[], share: number) => all.toSorted((a, b) => a - b)[Math.floor(all.length * share)] ?? 0
  const figures = {
    passes: passes.length,
    delayP95: part(delays, 0.95),
    delayMax: Math.max(...delays),
    frameMedian: part(frames, 0.5),
    frameP95: part(frames, 0.95),
  }
  process.stdout.write(`live class: ${JSON.stringify(figures)}\n`)
  expect(passes.length).toBeGreaterThan(LEARNERS)
  expect(figures.delayP95, JSON.stringify(figures)).toBeLessThan(PUSHED_WITHIN_MS)
  expect(figures.frameMedian, JSON.stringify(figures)).toBeLessThan(FRAME_MEDIAN_MS)
  expect(figures.frameP95, JSON.stringify(figures)).toBeLessThan(FRAME_P95_MS)
})

test('shows who is done, in progress and asks for help, and who needs somebody first', async () => {
  replayed.live(idOf(150)).engine.say({ type: 'help', wanted: true })
  await page.locator('[data-learner="Learner 151"][data-standing="hands"]').waitFor({ timeout: PUSHED_WITHIN_MS * 5 })
  // one of those who stopped midway
  const stuck = replayed.live(idOf(155)).engine
  for (let index = 0; index < 15; index++) stuck.observe(command(10_000 + index))
  await page.locator('[data-learner="Learner 156"][data-standing="stuck"]').waitFor({ timeout: PUSHED_WITHIN_MS * 5 })
  await page.getByText('15 commands and no check passed').waitFor()
  await page.getByLabel('Order').selectOption('need')
  expect(await page.locator('[data-learner]').first().getAttribute('data-learner')).toBe('Learner 151')
  await page.locator('[data-count="done"]').click()
  expect(await page.locator('[data-learner]').count()).toBe(Number.parseInt((await count('done')) ?? '', 10))
  // A row is as the next: three are enough to look at.
  await page.locator('[data-count="hands"]').click()
  expect(await axeViolations(page)).toEqual([])
  await page.locator('[data-count="hands"]').click()
  if (SHOTS) await shoot('live')
})

test('a message reaches everybody, a drill is told of each', async () => {
  await page.getByRole('button', { name: 'Message' }).click()
  await page.getByRole('dialog').getByLabel('Message').fill('Ten more minutes.')
  if (SHOTS) await page.screenshot({ path: join(SHOTS, 'tell.png') })
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByText(`${LEARNERS} learners were told.`).waitFor()
  expect(replayed.live(idOf(7)).engine.teaching.messages).toMatchObject([{ text: 'Ten more minutes.', by: 'Ida' }])
  await page.getByRole('button', { name: 'Drill' }).click()
  await page.getByRole('button', { name: 'Do it now' }).click()
  // They have no rooms: it is told so of each.
  await page
    .locator('[data-outcome="nothing"]')
    .nth(LEARNERS - 1)
    .waitFor()
})

/** Most go to the end, at paces of their own; some stop midway. */
function planOf(index: number): Plan {
  return {
    startAfterMs: ((index % 20) * 400) / PACE,
    pace: PACE * (0.8 + (index % 7) * 0.2),
    until: index % 5 === 0 ? 0.5 : 1,
  }
}

const command = (number: number) => ({
  number,
  at: Date.now(),
  mono: performance.now(),
  observation: {
    type: 'command' as const,
    host: 'client',
    terminal: 't1',
    command: 'kafka-topics --list',
    exitStatus: 1,
    startedAt: Date.now() - 100,
  },
})

async function shoot(name: string): Promise<void> {
  for (const width of [1440, 1024, 390])
    for (const colours of ['light', 'dark'] as const) {
      await page.setViewportSize({ width, height: width === 390 ? 844 : 900 })
      await inColours(page, colours)
      await page.screenshot({ path: join(SHOTS!, `${name}-${width}-${colours}.png`) })
    }
  await page.setViewportSize({ width: 1440, height: 900 })
  await inColours(page, 'light')
}

type Seen = { cell: string; passed: number; at: number }
type Watching = { watched: () => { frames: number[]; seen: Seen[] } }

/** In the page: how long each frame took, and when each cell first showed how many checks have passed. */
function watchPage(): void {
  const frames: number[] = []
  const seen: Seen[] = []
  const last = new Map<string, number>()
  let before = performance.now()
  const look = () => {
    for (const cell of document.querySelectorAll<HTMLElement>('[data-cell]')) {
      const name = cell.dataset.cell!
      const passed = Number(/(\d+) of/.exec(cell.title)?.[1] ?? 0)
      if (passed > (last.get(name) ?? 0)) {
        last.set(name, passed)
        seen.push({ cell: name, passed, at: Date.now() })
      }
    }
  }
  const frame = (now: number) => {
    frames.push(now - before)
    before = now
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
  new MutationObserver(look).observe(document.querySelector('[data-board]')!, {
    subtree: true,
    attributes: true,
    attributeFilter: ['title'],
  })
  const own = window as unknown as Watching
  own.watched = () => ({ frames, seen })
}
