/** A class from its making to its grades, by two instructors and a learner; nobody sees another's. */
import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, startServer } from '#labs/cli/server.ts'
import { becomeFirstAdministrator, makeClassAt, signUpAt } from '../../support/accounts.ts'
import { alive, axeViolations, collectComplaints, inColours, launchBrowser, openPage } from '../../support/browser.ts'
import { emailOf } from '../../support/people.ts'

/** A refusal is a complaint of the browser's own. */
const REFUSED = /Failed to load resource: the server responded with a status of (403|404)/
const LESSON = '/courses/kraft/quick-start/what-runs'
const KEPT_MS = 20_000
/** A page of a busy machine. */
const SHOWN_MS = 15_000
const ROSTER = `Student,ID,SIS User ID,SIS Login ID,Section
    Points Possible,,,,
"Learner, Lea",17,S17,${emailOf('Lea')},Tuesday
"Doe, Jane",18,S18,,Tuesday
,19,S19,x@example.com,Tuesday
"Again, Lea",20,S20,${emailOf('Lea')},Tuesday
`

let server: Server
let browser: Browser
/** The instructor, another class's instructor, and a learner. */
let ida: Page
let ian: Page
let lea: Page
let at: string
let code: string
const complaints: string[] = []

beforeAll(async () => {
  server = await startServer(process.cwd())
  browser = await launchBrowser()
  ida = await newPage()
  ian = await newPage()
  lea = await newPage()
  await becomeFirstAdministrator(ida, server.url, server.log, 'Ida')
  await ian.goto(`${server.url}/sign-up?to=/classes`)
  await signUpAt(ian, 'Ian')
  await ian.getByRole('heading', { name: 'Classes' }).waitFor()
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  expect(complaints.filter((one) => !REFUSED.test(one))).toEqual([])
})

async function newPage(): Promise<Page> {
  const page = await openPage(browser, { timezoneId: 'Asia/Tokyo' })
  page.setDefaultTimeout(SHOWN_MS)
  collectComplaints(page, complaints)
  return page
}

async function part(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Parts of the class' }).getByRole('link', { name }).click()
  await page.waitForURL(`**/${name.toLowerCase()}`)
}

test('a learner makes no class; an instructor does, and has a link to give away', async () => {
  expect(await ian.getByLabel('New class').count()).toBe(0)
  await ida.reload()
  await ida.getByLabel('Role of Ian').selectOption('instructor')
  at = `/classes/${await makeClassAt(ida, server.url, 'KRaft 101')}`
  code = (await ida.getByText(/^[0-9A-Z]{5}-[0-9A-Z]{5}$/).textContent())!
  await ida.getByText(`${server.url}/join/${code.replace('-', '')}`).waitFor()
  await ida.getByLabel('Let each one in yourself').check()
  await ida.getByRole('button', { name: 'Keep', exact: true }).click()
  await ida.getByText('Kept.').waitFor()
})

test('a lab and a module are assigned, with a date in the time zone of each', async () => {
  await part(ida, 'Assignments')
  const assign = async (what: string, due: string) => {
    await ida.getByRole('button', { name: 'Assign', exact: true }).click()
    const dialog = ida.getByRole('dialog')
    await dialog.getByLabel('Lab or module').selectOption({ label: what })
    await dialog.getByLabel('Due').fill(due)
    await dialog.getByRole('button', { name: 'Assign', exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
  }
  await assign('Module: Quick start', '2001-02-03T04:05')
  await assign('\u2003Lab: Controller failover', '')
  await ida.getByRole('row', { name: /Quick start Module, 20 parts Feb 3, 2001, 04:05 10/ }).waitFor()
  await ida.getByRole('row', { name: /Controller failover Lab, 6 parts no date 10/ }).waitFor()
})

test('a roster is shown line by line before any of it is imported', async () => {
  await part(ida, 'People')
  await ida.getByRole('button', { name: 'Import a roster' }).click()
  const file = (text: string) => ({ name: 'roster.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
  await ida.getByLabel('CSV file').setInputFiles(file('a,b\n1,2\n'))
  await ida.getByText('The first line has to name the columns').waitFor()
  await ida.getByLabel('CSV file').setInputFiles(file(ROSTER))
  await ida.getByText('2 lines are broken and stay out').waitFor()
  await ida.getByText('Line 5 has no name').waitFor()
  await ida.getByText('is in line 3 already').waitFor()
  await ida.getByRole('button', { name: 'Import 2 lines' }).click()
  await ida.getByText('2 lines are new').waitFor()
  await ida.getByRole('button', { name: 'Close' }).click()
  await ida.getByRole('heading', { name: '2 on the roster have not joined' }).waitFor()
})

test('a learner joins by the code, waits, is let in, and sees what is due', async () => {
  await lea.goto(`${server.url}/join/${code}`)
  await lea.getByRole('link', { name: 'Create an account' }).click()
  await lea.waitForURL(/sign-up/)
  await signUpAt(lea, 'Lea')
  await lea.getByRole('button', { name: 'Join the class' }).click()
  await lea.getByText('You have asked to join.').waitFor()
  expect(await lea.getByText('Quick start').count()).toBe(0)
  await ida.reload()
  await ida.getByRole('button', { name: 'Let in Lea' }).click()
  await ida.getByRole('heading', { name: '1 learner', exact: true }).waitFor()
  await lea.goto(server.url + LESSON)
  await alive(lea)
  await lea.getByRole('button', { name: 'Mark as done' }).click()
  const undo = lea.getByRole('button', { name: 'Mark as not done' })
  await expect.poll(() => undo.isEnabled(), { timeout: KEPT_MS }).toBe(true)
  await lea.goto(server.url + at)
  await lea.getByText('Was due Feb 3, 2001, 04:05').waitFor()
  await lea.getByText('1 of 20 done · 1 late').waitFor()
})

test('only who is confirmed is a line of the roster, and has grades that Canvas takes', async () => {
  await ida.getByRole('heading', { name: '1 learner has the address of a line of the roster' }).waitFor()
  await ida.getByRole('button', { name: 'Confirm all' }).click()
  await ida.getByRole('heading', { name: '1 on the roster has not joined' }).waitFor()
  await part(ida, 'Grades')
  const waiting = ida.waitForEvent('download')
  await ida.getByRole('link', { name: 'CSV for Canvas' }).click()
  const download = await waiting
  expect(download.suggestedFilename()).toBe('KRaft-101-canvas.csv')
  expect(parse(readFileSync(await download.path()), { bom: true })).toEqual([
    ['Student', 'ID', 'SIS User ID', 'SIS Login ID', 'Section', 'Module: Quick start', 'Controller failover'],
    ['    Points Possible', '', '', '', '', '10', '10'],
    ['Doe, Jane', '18', 'S18', '', 'Tuesday', '', ''],
    ['Learner, Lea', '17', 'S17', emailOf('Lea'), 'Tuesday', '0.5', '0'],
  ])
})

test('a token is shown once, lets a program read, and is revoked', async () => {
  await part(ida, 'Settings')
  await ida.getByRole('button', { name: 'Make a token' }).click()
  const dialog = ida.getByRole('dialog')
  await dialog.getByLabel('What it is for').fill('gradebook')
  await dialog.getByLabel('Assignments and results').check()
  await dialog.getByRole('button', { name: 'Make a token' }).click()
  const token = await dialog.locator('[data-token]').textContent()
  await dialog.getByRole('button', { name: 'I have it' }).click()
  const read = (path: string) => fetch(`${server.url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } })
  const id = at.split('/').at(-1)
  const results = await read(`/classes/${id}/results`)
  expect([results.status, await results.json()]).toMatchObject([200, { results: [{ done: 1, late: 1 }, { done: 0 }] }])
  expect((await read(`/classes/${id}/learners`)).status).toBe(403)
  await ida.reload()
  await ida.getByText(/gradebook results · Ida · until/).waitFor()
  await ida.getByRole('button', { name: 'Revoke gradebook' }).click()
  await ida.getByText('gradebook').waitFor({ state: 'detached' })
  expect((await read(`/classes/${id}/results`)).status).toBe(401)
})

test.each([
  ['light', 1440],
  ['dark', 390],
] as const)('each page is free of what axe finds, in %s, %i wide', async (colours, width) => {
  for (const page of [ida, lea]) {
    await page.setViewportSize({ width, height: 900 })
    await inColours(page, colours)
  }
  const seen = async (page: Page, path: string) => {
    await page.goto(server.url + path)
    await alive(page)
    expect([path, await axeViolations(page, colours)]).toEqual([path, []])
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
  }
  for (const one of ['assignments', 'people', 'grades', 'settings']) await seen(ida, `${at}/${one}`)
  await seen(ida, '/classes')
  await seen(lea, at)
})

test('nobody else sees a page of it: not its learner, not another instructor, not a guest', async () => {
  const paths = ['assignments', 'people', 'grades', 'settings', 'grades/canvas', 'grades/plain'].map(
    (one) => `${at}/${one}`,
  )
  const statusFor = (page: Page, path: string) => page.context().request.get(server.url + path, { maxRedirects: 0 })
  for (const path of paths) {
    expect([path, (await statusFor(lea, path)).status()]).toEqual([path, 403])
    expect([path, (await statusFor(ian, path)).status()]).toEqual([path, 404])
    const stranger = await fetch(server.url + path, { redirect: 'manual' })
    expect([path, stranger.status]).toEqual([path, path.includes('grades/') ? 401 : 307])
    for (const page of [lea, ian]) expect(await (await statusFor(page, path)).text()).not.toContain('Jane')
  }
  expect((await statusFor(ian, at)).status()).toBe(404)
  expect(await (await statusFor(ian, at)).text()).not.toContain('KRaft 101')
})

test('a new link ends the old one; archived, the class lets nobody in', async () => {
  await ida.setViewportSize({ width: 1440, height: 900 })
  await ida.goto(`${server.url}${at}/settings`)
  await ida.getByRole('button', { name: 'New link' }).click()
  await ida.getByRole('alertdialog').getByRole('button', { name: 'New link' }).click()
  await ida.getByText(code).waitFor({ state: 'detached' })
  await ian.goto(`${server.url}/join/${code}`)
  await ian.getByText('This link does not let anybody in any more.').waitFor()
  await ida.getByRole('button', { name: 'Archive the class' }).click()
  await ida.getByText('This class is archived').waitFor()
  const renewed = await ida.getByText(/^[0-9A-Z]{5}-[0-9A-Z]{5}$/).textContent()
  await ian.goto(`${server.url}/join/${renewed}`)
  await ian.getByText('This link does not let anybody in any more.').waitFor()
})
