/** A lab page as a learner uses it: the lesson's run buttons, the terminals by keyboard, the checks by eye. */
import type { Page } from 'playwright-core'
import { vi } from 'vitest'
import { alive } from './browser.ts'

/** A JVM that starts on a busy machine of two cores. */
const LIMIT_MS = 60_000

export class Workbench {
  constructor(readonly page: Page) {}

  async start(): Promise<void> {
    await alive(this.page)
    await this.page.getByRole('button', { name: 'Start the lab' }).click()
    await this.shows(/learner@broker-1/)
  }

  /** Clicks the run button below the first command of the lesson that has this text. */
  async click(command: string): Promise<void> {
    const box = this.page.locator('div', { has: this.page.getByRole('button', { name: 'Run', exact: true }) })
    await box.filter({ hasText: command }).last().getByRole('button', { name: 'Run', exact: true }).click()
  }

  async newTerminal(): Promise<void> {
    const tabs = this.page.getByRole('tab', { name: /^broker-1/ })
    const before = await tabs.count()
    await this.page.getByRole('button', { name: 'New terminal' }).click()
    await vi.waitFor(
      async () => {
        if ((await tabs.count()) !== before + 1) throw new Error('the new tab is not there')
      },
      { timeout: LIMIT_MS },
    )
    await this.shows(/learner@broker-1/)
  }

  async tab(index: number): Promise<void> {
    await this.page
      .getByRole('tab', { name: /^broker-1/ })
      .nth(index)
      .click()
  }

  /** Types as a person does: into what has the focus, after a click on the terminal. */
  async type(text: string): Promise<void> {
    await this.page.locator('[data-terminal]:visible .xterm-screen').click()
    await this.page.keyboard.type(text)
  }

  async enter(line: string): Promise<void> {
    await this.type(line)
    await this.page.keyboard.press('Enter')
  }

  /** Ctrl-C, and the prompt again: a tool of Kafka's reads on while it ends, and would take the next line for a record. */
  async interrupt(): Promise<void> {
    await this.page.keyboard.press('Control+c')
    await this.shows(/learner@[^\n]*\$\s*$/)
  }

  /** What the terminal in front shows; rows end without a space. */
  async screen(): Promise<string> {
    const rows = await this.page.locator('[data-terminal]:visible .xterm-rows > div').allInnerTexts()
    return rows.map((row) => row.replaceAll('\u00a0', ' ').trimEnd()).join('\n')
  }

  async shows(text: RegExp): Promise<void> {
    let last = ''
    await vi.waitFor(
      async () => {
        last = await this.screen()
        if (!text.test(last)) throw new Error(`${text} is not on the screen, which shows:\n${last}`)
      },
      { timeout: LIMIT_MS, interval: 100 },
    )
  }

  /** Waits for a check's tick. @returns what it says it saw */
  async passed(check: string): Promise<string> {
    const item = this.page.locator(`[data-check="${check}"][data-status="passed"]`).first()
    try {
      await item.waitFor({ timeout: LIMIT_MS })
    } catch (cause) {
      throw new Error(`${check} is not passed; the terminal in front shows:\n${await this.screen()}`, { cause })
    }
    return (await item.textContent()) ?? ''
  }

  status(check: string): Promise<string | null> {
    return this.page.locator(`[data-check="${check}"]`).first().getAttribute('data-status')
  }
}
