/** The system's Chromium, driven by playwright-core. */
import { existsSync } from 'node:fs'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { SOAK } from './soak.ts'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
/** Scripts of a page that is loaded, on a busy machine. */
const ALIVE_LIMIT_MS = 20_000

export async function launchBrowser(): Promise<Browser> {
  const executablePath = PLACES.find((path) => existsSync(path))
  if (!executablePath) throw new Error(`no Chromium at ${PLACES.join(', ')}: apt-get install chromium`)
  // Its own sandbox needs what root and some containers do not have; it sees our pages alone.
  return chromium.launch({ executablePath, args: ['--no-sandbox'] })
}

/** A page of its own, as wide as a usual screen. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
  return context.newPage()
}

/** What a page says on its console of errors, and scripts that the content security policy stopped. */
export function collectComplaints(page: Page, complaints: string[] = []): string[] {
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} ${message.location().url}`.trim())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  return complaints
}

/** Waits until scripts run the page: only then do a workbench's dividers say where they stand, and clicks count. */
export async function alive(page: Page): Promise<void> {
  await page.waitForFunction(() => !document.querySelector('[role="separator"]:not([aria-valuenow])'), null, {
    timeout: ALIVE_LIMIT_MS,
  })
}

/** Waits until the page has followed the system's choice. */
export async function inColours(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme })
  await page.locator(`html.${colorScheme}`).waitFor()
}

/**
 * @param beside what is tested is not the lesson
 * @param theme in dark a sample looks at what other colours can break, and the soak run at everything
 * @returns one line a violation: rule, and the first elements it holds for
 */
export async function axeViolations(
  page: Page,
  theme: 'light' | 'dark' = 'light',
  { beside = false } = {},
): Promise<string[]> {
  // Else it describes each element that passed, and gathers frames in a page of its own: three quarters of its time. No
  // page of ours has a frame.
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).setLegacyMode(true)
  // a lesson beside what is tested is long, and the pages' own test looks at it
  if (!SOAK && beside) axe.exclude('[data-reading]')
  if (theme === 'dark' && !SOAK) axe.withRules(['color-contrast', 'link-in-text-block'])
  const { violations } = await axe.analyze()
  return violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .slice(0, 3)
        .map(({ html, failureSummary }) => `${html} ${failureSummary}`)
        .join(' | ')}`,
  )
}
