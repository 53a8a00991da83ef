/** People at the site: they sign up and in, as a browser shows it. */
import type { Page } from 'playwright-core'
import { emailOf, PASSWORD } from './people.ts'

export async function signUpAt(page: Page, name: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('E-mail address').fill(emailOf(name))
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Create an account' }).click()
}

export async function signInAt(page: Page, name: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('E-mail address').fill(emailOf(name))
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** @param log of the server, which has the link */
export async function becomeFirstAdministrator(page: Page, site: string, log: string, name: string): Promise<void> {
  const link = /make the first administrator.*(\/first-administrator\/\S+)/.exec(log)?.[1]
  if (!link) throw new Error(`no link for the first administrator in ${log}`)
  await page.goto(site + link)
  await signUpAt(page, name)
  await page.getByRole('button', { name: 'Make me administrator' }).click()
  await page.getByRole('heading', { name: 'People and roles' }).waitFor()
}

/** By an instructor. @returns its id; the page is at its settings */
export async function makeClassAt(page: Page, site: string, name: string): Promise<string> {
  await page.goto(`${site}/classes`)
  await page.getByLabel('New class').fill(name)
  await page.getByRole('button', { name: 'Make the class' }).click()
  await page.waitForURL('**/settings')
  return new URL(page.url()).pathname.split('/')[2]!
}
