/** Sign-in at a real OpenID Connect provider. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '#data/database.ts'
import { type Server, startServer } from '#labs/cli/server.ts'
import { freePort } from '#supervisor/process.ts'
import { signUpAt } from '../../support/accounts.ts'
import { alive, launchBrowser } from '../../support/browser.ts'
import { type OidcProvider, startOidcProvider } from '../../support/oidc.ts'
import { emailOf } from '../../support/people.ts'

const LESSON = '/courses/kraft/quick-start/what-runs'
const KEPT_MS = 20_000

let provider: OidcProvider
let server: Server
let browser: Browser

beforeAll(async () => {
  const port = await freePort()
  provider = await startOidcProvider(`http://localhost:${port}`, (login) => ({
    name: login,
    email: emailOf(login),
    email_verified: login !== 'Mallory',
  }))
  server = await startServer(process.cwd(), {
    PORT: String(port),
    KRAFTLAB_OIDC_ISSUER: provider.issuer,
    KRAFTLAB_OIDC_CLIENT_ID: provider.clientId,
    KRAFTLAB_OIDC_CLIENT_SECRET: provider.clientSecret,
    KRAFTLAB_OIDC_NAME: 'Example University',
  })
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await provider?.close()
})

const newPage = async (): Promise<Page> => (await browser.newContext()).newPage()

async function continueAs(page: Page, login: string): Promise<void> {
  await page.getByRole('button', { name: 'Continue with Example University' }).click()
  await page.getByPlaceholder('Enter any login').fill(login)
  await page.getByPlaceholder('and password').fill('any')
  await page.getByRole('button', { name: 'Sign-in' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
}

async function users() {
  const database = openDatabase({ root: process.cwd(), data: server.data })
  const all = await database.user.findMany({
    where: { isAnonymous: false },
    include: { accounts: true, sessions: true },
  })
  await database.$disconnect()
  return all
}

test('a guest continues at the provider, and comes back to their lesson with what they did', async () => {
  const page = await newPage()
  await page.goto(server.url + LESSON)
  await alive(page)
  await page.getByRole('button', { name: 'Mark as done' }).click()
  const undo = page.getByRole('button', { name: 'Mark as not done' })
  await expect.poll(() => undo.isEnabled(), { timeout: KEPT_MS }).toBe(true)
  await page.getByRole('link', { name: 'Sign in' }).click()
  await continueAs(page, 'Ada')
  await page.waitForURL(server.url + LESSON)
  await page.getByRole('button', { name: 'Account of Ada' }).waitFor()
  await undo.waitFor()
  expect(await users()).toMatchObject([
    { name: 'Ada', email: emailOf('Ada'), emailVerified: true, role: 'learner', sessions: [{ method: 'oidc' }] },
  ])
})

test('an account that was made with a password is not opened by its address alone', async () => {
  const page = await newPage()
  await page.goto(`${server.url}/sign-up`)
  await signUpAt(page, 'Bob')
  await page.getByRole('button', { name: 'Account of Bob' }).waitFor()
  const owner = await newPage()
  await owner.goto(`${server.url}/sign-in`)
  await continueAs(owner, 'Bob')
  await owner.getByText('There is an account with your address already').waitFor()
  const bobs = (await users()).filter(({ email }) => email === emailOf('Bob'))
  expect(bobs.map(({ accounts }) => accounts.map(({ providerId }) => providerId))).toEqual([['credential']])
})

test('an address that the provider has not proven is no key to an account', async () => {
  const page = await newPage()
  await page.goto(`${server.url}/sign-up`)
  await signUpAt(page, 'Mallory')
  await page.getByRole('button', { name: 'Account of Mallory' }).waitFor()
  const other = await newPage()
  await other.goto(`${server.url}/sign-in`)
  await continueAs(other, 'Mallory')
  await other.getByText('There is an account with your address already').waitFor()
  const [mallory] = (await users()).filter(({ email }) => email === emailOf('Mallory'))
  expect(mallory?.accounts.map(({ providerId }) => providerId)).toEqual(['credential'])
})
