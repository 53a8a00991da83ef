/** The cluster panel as a learner reads and uses it. */
import type { Locator, Page } from 'playwright-core'
import { vi } from 'vitest'

/** Three controllers and two brokers from nothing, on a busy machine. */
export const CLUSTER_START_MS = 60_000
const SHOWN_MS = 10_000
const POLL_MS = 50

export class Panel {
  constructor(readonly page: Page) {}

  /** @returns the host that is shown as leader; '' where none is known */
  async leader(): Promise<string> {
    return (await this.page.locator('[data-headline] [data-leader]').first().getAttribute('data-leader')) ?? ''
  }

  /** A number of the headline. */
  async fact(name: string): Promise<number> {
    return Number((await this.page.locator(`[data-fact="${name}"]`).first().textContent())?.replaceAll(',', ''))
  }

  /** @returns the host that leads, once it is one that `accept` takes */
  async leads(accept: (host: string) => boolean, timeout: number): Promise<string> {
    let last = ''
    await vi.waitFor(
      async () => {
        last = await this.leader()
        if (last === '' || !accept(last)) throw new Error(`the leader awaited within ${timeout} ms; shown is "${last}"`)
      },
      { timeout, interval: POLL_MS },
    )
    return last
  }

  condition(host: string, is: string): Promise<void> {
    return this.card(host, `[data-condition="${is}"]`).waitFor({ timeout: CLUSTER_START_MS })
  }

  card(host: string, is = ''): Locator {
    return this.page.locator(`[data-host="${host}"]${is}`)
  }

  menuButton(host: string): Locator {
    return this.page.getByRole('button', { name: `What to do to ${host}` })
  }

  /** Chooses from the menu of a host. */
  async act(host: string, action: RegExp): Promise<void> {
    await this.menuButton(host).click()
    await this.page.getByRole('menuitem', { name: action }).click()
  }

  get networkButton(): Locator {
    return this.page.getByRole('button', { name: 'Network', exact: true })
  }

  /** Chooses from the menu of the room's network. */
  async network(action: RegExp): Promise<void> {
    await this.networkButton.click()
    await this.page.getByRole('menuitem', { name: action }).click()
  }

  async heal(): Promise<void> {
    await this.network(/^Heal all cuts/)
    await this.cuts(0)
  }

  /** Waits until so many cut links are drawn. */
  async cuts(count: number, direction?: 'one' | 'both'): Promise<void> {
    const drawn = this.page.locator(direction ? `[data-cut="${direction}"]` : '[data-cut]')
    await vi.waitFor(
      async () => {
        const now = await drawn.count()
        if (now !== count) throw new Error(`${now} links are drawn as cut, not ${count}`)
      },
      { timeout: SHOWN_MS, interval: POLL_MS },
    )
  }

  /** Presses keys until what has the focus is that; says where the focus went. */
  async press(key: string, until: Locator, most = 12): Promise<void> {
    const went: string[] = []
    for (let times = 0; times < most; times += 1) {
      await this.page.keyboard.press(key)
      if (await until.evaluate((element) => element === document.activeElement)) return
      went.push(await this.focused())
    }
    throw new Error(`${most} times ${key} did not lead there, but to: ${went.join(' → ')}`)
  }

  /** What has the focus, in words. */
  focused(): Promise<string> {
    return this.page.evaluate(() => {
      const element = document.activeElement
      return element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? String(element)
    })
  }

  /** The rows of a table below its head, cell by cell. */
  async rows(caption: RegExp | string): Promise<string[][]> {
    const rows = await this.page.getByRole('table', { name: caption }).locator('tbody tr').all()
    return Promise.all(
      rows.map(async (row) => (await row.locator('th, td').allInnerTexts()).map((text) => text.trim())),
    )
  }
}
