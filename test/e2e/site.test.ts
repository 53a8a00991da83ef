import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Server, startServer } from '#labs/cli/server.ts'
import { axeViolations, collectComplaints, launchBrowser } from '../support/browser.ts'

const SOAK = process.env.KRAFTLAB_SOAK === '1'
const SETTLE_MS = 3_000
const LESSON = /^\/courses\/[^/]+\/[^/]+\/[^/]+$/

let server: Server
let browser: Browser
let paths: string[]

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
  it('every page is free of what axe finds and of complaints on the console', async () => {
    const found: Record<string, string[]> = {}
    for (const path of colorScheme === 'light' || SOAK ? paths : oneOfEachKind(paths)) {
      await withPage({ colorScheme }, async (page) => {
        const complaints = collectComplaints(page)
        await page.goto(server.url + path, { waitUntil: 'networkidle' })
        // The divider says where it stands once the page is alive.
        await page.waitForFunction(() => !document.querySelector('[role="separator"]:not([aria-valuenow])'))
        const all = [...(await axeViolations(page)), ...complaints]
        if (all.length > 0) found[path] = all
      })
    }
    expect(found).toEqual({})
  })

  it('so is the page that is not there, which shows the way back', async () => {
    await withPage({ colorScheme }, async (page) => {
      const answer = await page.goto(`${server.url}/courses/none/such`)
      expect(answer?.status()).toBe(404)
      expect(await axeViolations(page)).toEqual([])
      await page.getByRole('link', { name: 'To the start page' }).click()
      await page.waitForURL(`${server.url}/`)
    })
  })
})

it.each([390, 1024, 1440])('no page is wider than a window of %i px', async (width) => {
  await withPage({ viewport: { width, height: 800 } }, async (page) => {
    const wide: string[] = []
    for (const path of paths) {
      await page.goto(server.url + path)
      // A page that is still being laid out may be wider for a moment.
      const fits = page.waitForFunction(() => document.documentElement.scrollWidth <= window.innerWidth, null, {
        timeout: SETTLE_MS,
      })
      await fits.catch(() => wide.push(path))
    }
    expect(wide).toEqual([])
  })
})

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

it('a lesson marked as done counts on the course page, and its reader comes back to where they stopped', async () => {
  await withPage({}, async (page) => {
    const path = paths.find((one) => LESSON.test(one)) ?? ''
    await page.goto(server.url + path)
    await page.getByRole('button', { name: 'Mark as done' }).click()
    await page.getByText('Lesson done').waitFor()
    await page.getByRole('button', { name: 'Mark as not done' }).isEnabled()
    await page.waitForLoadState('networkidle')
    const far = await scrolled(page)
    expect(far).toBeGreaterThan(300)
    await page.waitForTimeout(2_000) // longer than a reader's rest (reading-position.tsx)

    await page.goto(`${server.url}/courses/${path.split('/')[2]}`)
    expect(await page.getByText(/^1 of \d+ lessons$/).count()).toBe(1)

    await page.goto(server.url + path)
    await expect.poll(() => scrolled(page)).toBeGreaterThan(far / 2)
  })
})

/** All pages that links lead to. */
async function crawl(): Promise<string[]> {
  const seen = new Set(['/'])
  for (const path of seen) {
    const html = await (await fetch(server.url + path)).text()
    for (const [, href] of html.matchAll(/<a [^>]*href="(\/[^"#]*)"/g)) if (href) seen.add(href)
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

/** Pages of one kind differ in words, not in colours: the start page, a course, a lesson without and one with a lab. */
function oneOfEachKind(all: string[]): string[] {
  const depth = (path: string) => path.split('/').filter(Boolean).length
  const kinds = new Map(all.map((path) => [depth(path), path]))
  return [...new Set([...kinds.values(), ...all.filter((path) => LESSON.test(path)).slice(0, 2)])]
}
