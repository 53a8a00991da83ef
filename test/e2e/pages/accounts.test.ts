/** Accounts as people use them: a guest signs up and keeps what they did, the first administrator gives roles. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, startServer } from '#labs/cli/server.ts'
import { becomeFirstAdministrator, signInAt, signUpAt } from '../../support/accounts.ts'
import { alive, axeViolations, collectComplaints, inColours, launchBrowser, openPage } from '../../support/browser.ts'
import { PASSWORD } from '../../support/people.ts'

const LESSON = '/courses/kraft/quick-start/what-runs'
/** The server's answer, on a busy machine. */
const KEPT_MS = 20_000
/** A refusal is a complaint of the browser's own. */
const REFUSED = /Failed to load resource: the server responded with a status of (401|403|422)/

let server: Server
let browser: Browser
let ada: Page
let bob: Page
const complaints: string[] = []

beforeAll(async () => {
  server = await startServer(process.cwd())
  browser = await launchBrowser()
  ada = await newPage()
  bob = await newPage()
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  expect(complaints.filter((one) => !REFUSED.test(one))).toEqual([])
})

async function newPage(): Promise<Page> {
  const page = await openPage(browser)
  collectComplaints(page, complaints)
  return page
}

const menuOf = (page: Page, name: string) => page.getByRole('button', { name: `Account of ${name}` })

test('a guest signs up from a lesson, comes back to it, and what they did is there', async () => {
  await bob.goto(server.url + LESSON)
  await alive(bob)
  await bob.getByRole('button', { name: 'Mark as done' }).click()
  // Shown at once, enabled when it is kept.
  const undo = bob.getByRole('button', { name: 'Mark as not done' })
  await expect.poll(() => undo.isEnabled(), { timeout: KEPT_MS }).toBe(true)
  await bob.getByRole('link', { name: 'Sign in' }).click()
  await bob.getByRole('link', { name: 'Create an account' }).click()
  await bob.waitForURL(/sign-up/)
  await signUpAt(bob, 'Bob', 'short')
  expect(await bob.getByLabel('Password').evaluate((input: HTMLInputElement) => input.validity.tooShort)).toBe(true)
  await signUpAt(bob, 'Bob')
  await bob.waitForURL(server.url + LESSON)
  await menuOf(bob, 'Bob').waitFor()
  await undo.waitFor()
})

test('the link of the start makes the first administrator, and nobody after them', async () => {
  await becomeFirstAdministrator(ada, server.url, server.log, 'Ada')
  await bob.goto(server.url + (/\/first-administrator\/\S+/.exec(server.log)?.[0] ?? ''))
  await bob.getByText('This link is not valid, or was used already.').waitFor()
})

test('pages of administrators are for administrators; a role that is given counts at once', async () => {
  for (const path of ['/administration/people', '/administration/audit']) {
    expect((await bob.goto(server.url + path))?.status()).toBe(403)
    await bob.getByRole('heading', { name: 'Not for your account' }).waitFor()
    const stranger = await fetch(server.url + path, { redirect: 'manual' })
    expect([stranger.status, stranger.headers.get('location')]).toEqual([
      307,
      `/sign-in?to=${encodeURIComponent(path)}`,
    ])
  }
  await ada.getByLabel('Role of Ada').selectOption('learner')
  await ada.getByRole('button', { name: 'Give it up' }).click()
  await ada.getByText('You are the only administrator.').waitFor()
  await ada.getByLabel('Role of Bob').selectOption('administrator')
  await expect.poll(async () => (await bob.goto(`${server.url}/administration/audit`))?.status()).toBe(200)
  await bob.getByRole('row', { name: /Ada Changed a role Bob from: learner, to: administrator/ }).waitFor()
})

test.each([
  ['light', 1440],
  ['dark', 390],
] as const)('each page is free of what axe finds, in %s, %i wide', async (colours, width) => {
  await bob.setViewportSize({ width, height: 900 })
  await inColours(bob, colours)
  for (const path of ['/account', '/administration/people', '/administration/audit']) {
    await bob.goto(server.url + path)
    await alive(bob)
    expect([path, await axeViolations(bob, colours)]).toEqual([path, []])
    expect(await bob.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
  }
})

test('a wrong password is told, whoever has the address; signing in leads to no other site', async () => {
  const page = await newPage()
  await page.goto(`${server.url}/sign-in?to=${encodeURIComponent('//evil.example/x')}`)
  for (const name of ['Bob', 'Nobody']) {
    await signInAt(page, name, 'wrong horse battery')
    await page.getByText('Address and password do not belong together.').waitFor()
  }
  await signInAt(page, 'Bob')
  await page.waitForURL(`${server.url}/`)
})

test('signing out everywhere does so', async () => {
  await bob.goto(`${server.url}/account`)
  await bob.getByRole('button', { name: 'Sign out everywhere' }).click()
  await bob.waitForURL(/sign-in/)
  const again = await bob.goto(`${server.url}/account`)
  expect(again?.url()).toMatch(/sign-in/)
})

test('an account is exported and deleted by its owner', async () => {
  await signInAt(bob, 'Bob')
  await bob.waitForURL(`${server.url}/account`)
  const download = bob.waitForEvent('download')
  await bob.getByRole('link', { name: 'Download my data' }).click()
  expect((await download).suggestedFilename()).toBe('kraftlab-account.json')
  await bob.getByRole('button', { name: 'Delete the account' }).click()
  await bob.getByRole('dialog').getByLabel('Password').fill('wrong horse battery')
  await bob.getByRole('button', { name: 'Delete everything' }).click()
  await bob.getByText('That is not your password. Nothing was changed.').waitFor()
  await bob.getByRole('dialog').getByLabel('Password').fill(PASSWORD)
  await bob.getByRole('button', { name: 'Delete everything' }).click()
  await bob.waitForURL(`${server.url}/`)
  await bob.getByRole('link', { name: 'Sign in' }).waitFor()
  await ada.goto(`${server.url}/administration/audit`)
  await ada.getByRole('row', { name: /deleted account .* Deleted their account/ }).waitFor()
  expect(await ada.getByText('Bob').count()).toBe(0)
})
