import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Server, startServer } from '#labs/cli/server.ts'
import { alive, axeViolations, collectComplaints, launchBrowser } from '../../support/browser.ts'
import { SOAK } from '../../support/soak.ts'

const SETTLE_MS = 3_000
/** A phone, a small and a usual screen. */
const WIDTHS = [390, 1024, 1440] as const
/** A reader's rest (reading-position.tsx), the server's answer, a page that comes alive. */
const KEPT_MS = 20_000
const LESSON = /^\/courses\/[^/]+\/[^/]+\/[^/]+$/

let server: Server
let browser: Browser
let paths: string[]
/** Pages of one kind differ in words, not in colours: the start page, a course, a lesson without and one with a lab. */
const oneOfEachKind = new Map<string, string>()

beforeAll(async () => {
  server = await startServer(process.cwd())
  browser = await launchBrowser()
  paths = await crawl()
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  it('every page fits its window, and is free of what axe finds and of complaints on the console', async () => {
    const found: Record<string, string[]> = {}
    for (const path of SOAK ? paths : oneOfEachKind.values()) {
      await withPage({ colorScheme }, async (page) => {
        const complaints = collectComplaints(page)
        const violations = await violationsAt(page, path, colorScheme).catch((error: Error) => [error.message])
        // Colours make no page wider.
        const wide = colorScheme === 'light' ? await widerThanWindow(page) : []
        const all = [...violations, ...wide, ...complaints]
        if (all.length > 0) found[path] = all
      })
    }
    expect(found).toEqual({})
  })

  it.runIf(SOAK || colorScheme === 'light')('so is the page that is not there, which shows the way back', async () => {
    await withPage({ colorScheme }, async (page) => {
      const answer = await page.goto(`${server.url}/courses/none/such`)
      expect(answer?.status()).toBe(404)
      expect(await axeViolations(page, colorScheme)).toEqual([])
      await page.getByRole('link', { name: 'To the start page' }).click()
      await page.waitForURL(`${server.url}/`)
    })
  })
})

it.each(['/nothing', '/courses/none/such', '/courses/kraft/none', '/courses/kraft/quick-start/none'])(
  'the server says itself, and whole, that there is no %s',
  async (path) => {
    const answer = await fetch(server.url + path)
    const html = await answer.text()
    expect(answer.status).toBe(404)
    expect(html).toMatch(/^<!DOCTYPE html><html lang="en"/)
    expect(html).toMatch(/<main id="content".*<h1[^>]*>There is no such page<\/h1>.*<a [^>]*href="\/"/s)
  },
)

it('a page may run only scripts of its own and be framed by nobody', async () => {
  const { headers } = await fetch(server.url)
  const policy = headers.get('content-security-policy') ?? ''
  expect(policy).toMatch(/script-src 'self' 'nonce-[^']+' 'strict-dynamic';/)
  expect(policy).toContain("frame-ancestors 'none'")
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('x-powered-by')).toBeNull()
})

it('the first Tab leads past the header', async () => {
  await withPage({}, async (page) => {
    await page.goto(server.url)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content')
  })
})

it('the start page opens the module to go on with, and the others by the keyboard, without a script', async () => {
  await withPage({ javaScriptEnabled: false }, async (page) => {
    await page.goto(server.url)
    const modules = page.locator('main details')
    expect(await openOnes(page)).toEqual([await modules.first().getByRole('heading').textContent()])
    const last = modules.last()
    const lesson = last.getByRole('link').first()
    expect(await lesson.isVisible()).toBe(false)
    await last.locator('summary').focus()
    await page.keyboard.press('Enter')
    await lesson.waitFor()
    await lesson.click()
    await page.waitForURL((url) => LESSON.test(url.pathname))
  })
})

it('a lesson marked as done counts on the course page, and its reader comes back to where they stopped', async () => {
  await withPage({}, async (page) => {
    const path = paths.find((one) => LESSON.test(one)) ?? ''
    await page.goto(server.url + path)
    await alive(page)
    await page.getByRole('button', { name: 'Mark as done' }).click()
    const undo = page.getByRole('button', { name: 'Mark as not done' })
    // Shown at once, enabled when it is kept.
    await expect.poll(() => undo.isEnabled(), { timeout: KEPT_MS }).toBe(true)
    // Where a stranger reads is not kept: this move is the first of a learner who is signed in.
    const kept = page.waitForRequest((one) => one.postData()?.includes('"position"') ?? false, { timeout: KEPT_MS })
    await page.mouse.wheel(0, -100)
    expect((await (await kept).response())?.status()).toBe(200)
    const far = await scrolled(page)
    expect(far).toBeGreaterThan(300)

    await page.goto(`${server.url}/courses/${path.split('/')[2]}`)
    expect(await page.getByText(/^1 of \d+ lessons$/).count()).toBe(1)
    const next = await page.getByRole('link', { name: /^Continue: / }).getAttribute('href')
    await page.goto(server.url)
    expect(await openOnes(page)).toHaveLength(1)
    expect(await page.locator(`main details[open] a[href="${next}"]`).isVisible()).toBe(true)

    await page.goto(server.url + path)
    await expect.poll(() => scrolled(page), { timeout: KEPT_MS }).toBeGreaterThan(far / 2)
  })
})

/** @returns titles of the modules that the start page shows the lessons of */
const openOnes = (page: Page): Promise<string[]> => page.locator('main details[open] h4').allTextContents()

async function violationsAt(page: Page, path: string, colours: 'light' | 'dark'): Promise<string[]> {
  await page.goto(server.url + path, { waitUntil: 'networkidle' })
  await alive(page)
  // What a long lesson is made of is the same in light; its colours in dark the soak run looks at.
  return axeViolations(page, colours, { beside: colours === 'dark' })
}

/** At which widths the page that is shown is wider than its window. */
async function widerThanWindow(page: Page): Promise<string[]> {
  const wide: string[] = []
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 })
    // A page that is still being laid out may be wider for a moment.
    const fits = page.waitForFunction(() => document.documentElement.scrollWidth <= window.innerWidth, null, {
      timeout: SETTLE_MS,
    })
    await fits.catch(() => wide.push(`wider than ${width} px`))
  }
  return wide
}

/** All pages that links lead to, each once whatever it is asked for. */
async function crawl(): Promise<string[]> {
  const seen = new Set(['/'])
  for (const path of seen) {
    const html = await (await fetch(server.url + path)).text()
    oneOfEachKind.set(`${path.split('/').length} ${html.includes('data-reading')}`, path)
    for (const [, href] of html.matchAll(/<a [^>]*href="(\/[^"#?]*)/g)) if (href) seen.add(href)
  }
  return [...seen]
}

async function withPage(
  options: Parameters<Browser['newContext']>[0],
  use: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext(options)
  try {
    await use(await context.newPage())
  } finally {
    await context.close()
  }
}

/** px that the lesson is scrolled by, be it the page or the workbench's pane */
const scrolled = (page: Page): Promise<number> =>
  page.evaluate(() => document.querySelector('[data-reading]')?.scrollTop ?? document.documentElement.scrollTop)
