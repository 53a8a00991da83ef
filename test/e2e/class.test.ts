/**
 * An instructor and five learners in five real rooms (two in the sample): seen, helped, drilled, graded, and nothing lost
 * in a crash.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '#data/database.ts'
import { type Server, startServer } from '#labs/cli/server.ts'
import { roomsRunDirectory } from '#labs/sandbox/room.ts'
import { becomeFirstAdministrator, makeClassAt } from '../support/accounts.ts'
import { alive, axeViolations, collectComplaints, launchBrowser, openPage } from '../support/browser.ts'
import { ROOT } from '../support/database.ts'
import { CLUSTER_START_MS, Panel } from '../support/panel.ts'
import { emailOf, PASSWORD } from '../support/people.ts'
import { descendants } from '../support/room.ts'
import { SOAK } from '../support/soak.ts'
import { Workbench } from '../support/workbench.ts'

const LAB = 'controller-failover'
const LESSON = '/courses/kraft/electing-a-leader/controller-failover'
/** Five rooms are 25 JVMs: on two cores they alone take a minute. */
const NAMES = SOAK ? ['Ada', 'Bob', 'Cyd', 'Dan', 'Eve'] : ['Ada', 'Eve']
/** A second is promised, and measured elsewhere: here five clusters run on the machine. */
const PUSHED_MS = 15_000
const SHOWN_MS = 20_000
const FAILOVER_MS = 60_000
const ADDRESSES = { KRAFTLAB_MAX_ROOMS: '6' }
const SHOTS = process.env.KRAFTLAB_SHOTS

type Learner = { name: string; page: Page; bench: Workbench; panel: Panel }
let data: string
let server: Server
let browser: Browser
let ida: Page
let classId: string
let learners: Learner[]
const complaints: string[] = []
const learner = (name: string): Learner => learners.find((one) => one.name === name)!

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'kraftlab-class-'))
  server = await startServer(process.cwd(), ADDRESSES, { data })
  browser = await launchBrowser()
  ida = await newPage()
  await becomeFirstAdministrator(ida, server.url, server.log, 'Ida')
  classId = await makeClassAt(ida, server.url, 'KRaft 101')
  const database = openDatabase({ root: ROOT, data })
  await database.assignment.create({ data: { classId, kind: 'lab', course: 'kraft', slug: LAB, points: 12 } })
  // That they can do all this at pages is shown by the pages' own tests.
  learners = await Promise.all(
    NAMES.map(async (name) => {
      const page = await newPage()
      const answer = await page.request.post(`${server.url}/api/auth/sign-up/email`, {
        data: { name, email: emailOf(name), password: PASSWORD },
        headers: { origin: server.url },
      })
      const { user } = (await answer.json()) as { user: { id: string } }
      await database.classMember.create({ data: { classId, userId: user.id, role: 'learner' } })
      return { name, page, bench: new Workbench(page), panel: new Panel(page) }
    }),
  )
  await database.$disconnect()
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await rm(data, { recursive: true, force: true })
  expect(complaints).toEqual([])
})

async function newPage(): Promise<Page> {
  const page = await openPage(browser)
  page.setDefaultTimeout(SHOWN_MS)
  collectComplaints(page, complaints)
  return page
}

const row = (name: string, standing = '') =>
  ida.locator(`[data-learner="${name}"]${standing && `[data-standing="${standing}"]`}`)
async function answer({ page }: Learner, given: string): Promise<void> {
  const input = page.locator('[data-checks-panel] input')
  await input.fill(given)
  await input.press('Enter')
}
const live = () => `${server.url}/classes/${classId}/live`

test('rooms start, and the grid shows every quorum', async () => {
  await ida.goto(live())
  await row('Eve', 'away').waitFor()
  // As the button does: pages that draw the clusters would take the cores that start them.
  const asked = { data: { lab: LAB }, headers: { origin: server.url } }
  const waiting = [...learners]
  const startNext = async (): Promise<void> => {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      const started = await one.page.request.post(`${server.url}/gateway/lab-sessions`, asked)
      expect(started.status()).toBe(201)
      await row(one.name).locator('[data-marks^="controller-"]').waitFor({ timeout: CLUSTER_START_MS })
    }
  }
  await Promise.all([startNext(), startNext()])
})

test('a pass is seen at once; one who goes wrong again and again is found, and one who asks for help', async () => {
  const { page, panel } = learner('Ada')
  for (const name of ['Ada', 'Eve']) {
    await learner(name).page.goto(server.url + LESSON)
    await alive(learner(name).page)
  }
  const leader = await panel.leads((host) => host !== '', SHOWN_MS)
  await answer(learner('Ada'), String(100 + Number(leader.at(-1))))
  await page.locator('[data-checks-panel]').getByText('1 of 6').waitFor()
  await ida.locator('[data-cell="Ada/find"][title$="1 of 1"]').waitFor({ timeout: PUSHED_MS })

  for (const [wrong, says] of [
    ['1', 'Node 1 is a broker'],
    ['2', 'Node 2 is a broker'],
    ['none', 'A node id is a number'],
  ] as const) {
    await answer(learner('Eve'), wrong)
    await learner('Eve').page.locator('[data-checks-panel]').getByText(says).waitFor()
  }
  await row('Eve', 'stuck').getByText('3 wrong answers to one question').waitFor({ timeout: PUSHED_MS })
  await page.getByRole('button', { name: 'I need help' }).click()
  await row('Ada', 'hands').waitFor({ timeout: PUSHED_MS })
  await page.getByRole('button', { name: 'Hand is up' }).click()
  await row('Ada', 'working').waitFor({ timeout: PUSHED_MS })
  if (SHOTS) await ida.screenshot({ path: join(SHOTS, 'five.png') })
})

test('the stuck one is watched with the banner visible, and typed to only when she lets', async () => {
  const eve = learner('Eve')
  const banner = eve.page.locator('[data-watched]')
  await ida.locator('[data-cell="Eve/find"]').click()
  await ida.getByRole('heading', { name: 'Eve: Controller failover' }).waitFor()
  await ida.locator('[data-check="find-answer"]').getByText('Answered: none').waitFor()
  expect(await banner.count()).toBe(0)
  await ida.getByRole('button', { name: 'Watch terminals' }).click()
  await banner.getByText('Ida watches your terminals.').waitFor()

  const hers = new Workbench(ida)
  await eve.bench.enter('echo from-$((40 + 2))')
  await hers.shows(/from-42/)
  await hers.enter('echo unasked-$((40 + 3))')
  await eve.bench.enter('echo next-$((40 + 4))')
  await eve.bench.shows(/next-44/)
  expect(await eve.bench.screen()).not.toContain('unasked')

  await ida.getByRole('button', { name: 'Ask to type' }).click()
  await banner.getByText('Ida watches your terminals and asks to type in them.').waitFor()
  if (SHOTS) await eve.page.screenshot({ path: join(SHOTS, 'asked.png') })
  await banner.getByRole('button', { name: 'Let them type' }).click()
  await ida.getByText('You may type').waitFor()
  await hers.enter('echo helped-$((40 + 5))')
  await eve.bench.shows(/helped-45/)
  if (SHOTS) await ida.screenshot({ path: join(SHOTS, 'story.png') })
  await banner.getByRole('button', { name: 'No more typing' }).click()
  await ida.getByRole('button', { name: 'Ask to type' }).waitFor()

  await ida.getByRole('button', { name: 'Leave a note' }).click()
  await ida.getByRole('dialog').getByLabel('Note').fill('The quorum itself can tell.')
  await ida.getByRole('button', { name: 'Leave it' }).click()
  await eve.page.locator('[data-note]').getByText('The quorum itself can tell.').waitFor()
  await ida.getByRole('button', { name: 'Extend' }).click()
  await ida.getByRole('menuitem', { name: 'Keep the room for 30 minutes' }).click()
  await eve.page.getByText(/Ida keeps this room until/).waitFor()
  if (SHOTS) await eve.page.screenshot({ path: join(SHOTS, 'noted.png') })
  expect(await axeViolations(ida)).toEqual([])
  expect(await axeViolations(eve.page)).toEqual([])
  await ida.getByRole('button', { name: 'Stop watching' }).click()
  await banner.waitFor({ state: 'detached' })

  await ida.goto(`${server.url}/administration/audit`)
  for (const done of ['Watched the terminals of a learner', 'Asked to type in a terminal', 'Left a note at a step'])
    await ida.getByRole('cell', { name: done }).first().waitFor()
})

test('a drill kills every active controller, and each outcome is on one page', async () => {
  await ida.goto(live())
  await row('Ada').waitFor()
  await ida.getByRole('button', { name: 'Drill' }).click()
  await ida.getByRole('button', { name: 'Do it now' }).click()
  await ida.getByText(`Done to ${NAMES.length} clusters.`).waitFor()
  for (const { name } of learners) {
    await ida.locator(`[data-of="${name}"][data-outcome="recovered"]`).waitFor({ timeout: FAILOVER_MS })
    const [, , killed, leads, election] = await ida.locator(`[data-of="${name}"] td`).allTextContents()
    expect(killed).toMatch(/^controller-\d$/)
    expect(leads).toMatch(/^controller-\depoch \d+$/)
    expect(leads).not.toContain(killed)
    expect(election).toMatch(/^[\d,]+ ms$/)
  }
  // Checks see the cluster: Ada was at the step that asks for just this.
  await ida.locator('[data-cell="Ada/kill"][title$="3 of 3"]').waitFor({ timeout: FAILOVER_MS })
  const { page } = learner('Ada')
  await page.getByRole('button', { name: 'List of events' }).click()
  await page.getByText('Drill by Ida: the active controller is killed').first().waitFor()
  if (SHOTS) await ida.screenshot({ path: join(SHOTS, 'drill.png'), fullPage: true })
  await ida.getByRole('button', { name: 'Message' }).click()
  await ida.getByRole('dialog').getByLabel('Message').fill('Who leads now?')
  await ida.getByRole('button', { name: 'Send' }).click()
  await page.locator('[data-told-by="Ida"]').getByText('Who leads now?').waitFor()
  await page.getByRole('button', { name: 'Dismiss' }).click()
  await page.locator('[data-told-by="Ida"]').waitFor({ state: 'detached' })
})

test('grades are exported; after a crash of every process all is as the page showed it', async () => {
  await ida.goto(live())
  await row('Eve').waitFor()
  const before = await shown()
  expect(before).toContain('Find the active controller: 1 of 1')
  const exported = () => ida.request.get(`${server.url}/classes/${classId}/grades/canvas`).then((one) => one.text())
  const grades = await exported()
  const [head, possible, ...rows] = parse(grades, { bom: true }) as string[][]
  expect(head?.slice(0, 5)).toEqual(['Student', 'ID', 'SIS User ID', 'SIS Login ID', 'Section'])
  expect(possible?.at(-1)).toBe('12')
  expect(rows.map((one) => one[0])).toEqual(NAMES)
  expect(Number(rows[0]?.at(-1))).toBeGreaterThan(0)

  const rooms = readdirSync(roomsRunDirectory(data))
  const all = new Set([
    server.pid,
    ...descendants(server.pid),
    ...rooms.flatMap((room) => {
      const outer = Number.parseInt(readFileSync(join(roomsRunDirectory(data), room, 'pid'), 'utf8'), 10)
      return [outer, ...descendants(outer)]
    }),
  ])
  for (const pid of all) killed(pid)
  complaints.length = 0
  const port = new URL(server.url).port
  server = await startServer(process.cwd(), { ...ADDRESSES, PORT: port }, { data })
  await ida.goto(live())
  await row('Eve').waitFor()
  expect(await shown()).toEqual(before)
  expect(await exported()).toBe(grades)
  // Pages that lost the server said so.
  complaints.length = 0
})

/** How far each learner is, as the grid shows it: what hangs on a room (standing, marks) is left out. */
const shown = () =>
  ida
    .locator('[data-cell], [data-learner] td > span[title]')
    .evaluateAll((cells) => cells.map((one) => (one as HTMLElement).title))

function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
