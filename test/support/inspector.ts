/** The metadata log in the workbench as a learner reads it. */
import type { Locator, Page } from 'playwright-core'
import { vi } from 'vitest'

const SHOWN_MS = 10_000

export class Inspector {
  constructor(readonly page: Page) {}

  get tab(): Locator {
    return this.page.getByRole('button', { name: 'Log', exact: true })
  }

  get list(): Locator {
    return this.page.getByRole('listbox', { name: /^Records of / })
  }

  get find(): Locator {
    return this.page.getByRole('textbox', { name: 'Find', exact: true })
  }

  get detail(): Locator {
    return this.page.locator('[data-detail]')
  }

  row(text: RegExp): Locator {
    return this.list.getByRole('option').filter({ hasText: text })
  }

  /** Chooses whose log, by what the choice says. */
  async host(label: string): Promise<void> {
    await this.page.getByLabel('Node', { exact: true }).selectOption({ label })
  }

  async shows(text: RegExp): Promise<void> {
    await this.row(text).first().waitFor({ timeout: SHOWN_MS })
  }

  /** @returns the records in view, without what stands between them */
  async records(): Promise<string[]> {
    const rows = await this.list.getByRole('option').allInnerTexts()
    return rows.filter((row) => /[A-Z]+_RECORD|LeaderChange|KRaft/.test(row))
  }

  /** What the keyboard has come to, as a screen reader is told. */
  activeRow(): Promise<string> {
    return this.list.evaluate((list) => {
      const id = list.getAttribute('aria-activedescendant')
      return (id && document.getElementById(id)?.textContent) || ''
    })
  }

  /** The uppermost row in view, and where it is. */
  view(): Promise<{ text: string; top: number }> {
    return this.list.evaluate((list) => {
      const edge = list.getBoundingClientRect().top
      const row = [...list.querySelectorAll<HTMLElement>('[role="option"]')].find(
        (one) => one.getBoundingClientRect().bottom > edge,
      )
      return { text: row?.textContent ?? '', top: (row?.getBoundingClientRect().top ?? 0) - edge }
    })
  }

  async recordType(): Promise<string> {
    return (await this.detail.locator('[data-type]').getAttribute('data-type', { timeout: SHOWN_MS })) ?? ''
  }

  /** A field of the record that is open, and what it stands for. */
  async field(name: string): Promise<string> {
    return (await this.detail.locator(`[data-field="${name}"]`).textContent({ timeout: SHOWN_MS }))?.trim() ?? ''
  }

  async fact(name: string): Promise<string> {
    return (
      (await this.detail.locator(`[data-record-fact="${name}"]`).first().textContent({ timeout: SHOWN_MS }))?.trim() ??
      ''
    )
  }

  /** @returns offset of the last record in the log that is shown, once it is known */
  async lastOffset(): Promise<number> {
    return vi.waitFor(
      async () => Number(await this.page.locator('[data-end]').getAttribute('data-end', { timeout: SHOWN_MS })),
      { timeout: SHOWN_MS },
    )
  }
}
