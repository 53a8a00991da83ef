/** States of the metadata in the workbench, and what commands changed, as a learner reads them. */
import type { Locator, Page } from 'playwright-core'

const SHOWN_MS = 20_000

export class Snapshots {
  constructor(readonly page: Page) {}

  get panel(): Locator {
    return this.page.locator('[data-snapshots]')
  }

  get tree(): Locator {
    return this.panel.getByRole('tree')
  }

  async open(): Promise<void> {
    await this.page.getByRole('button', { name: 'Snapshots', exact: true }).click()
    await this.tree.waitFor({ timeout: SHOWN_MS })
  }

  /** Chooses by what the choice says. @returns the value that was chosen */
  async choose(label: 'State' | 'Compare with', option: RegExp): Promise<string> {
    const choice = this.panel.getByLabel(label, { exact: true })
    const found = choice.locator('option').filter({ hasText: option }).first()
    await found.waitFor({ state: 'attached', timeout: SHOWN_MS })
    const value = (await found.getAttribute('value')) ?? ''
    await choice.selectOption(value)
    return value
  }

  /** A branch or leaf, by its place in the state. */
  part(path: string, within: Locator = this.tree): Locator {
    return within.locator(`[role="treeitem"][data-path="${path}"]`)
  }

  async prove(): Promise<string> {
    await this.panel.getByRole('button', { name: /^Check/ }).click()
    const proof = this.panel.locator('[data-proof="true"]')
    await proof.waitFor({ timeout: SHOWN_MS })
    return (await proof.textContent()) ?? ''
  }

  /** Opens what a command changed, from its badge in the list of events. */
  async changeOf(command: RegExp): Promise<Locator> {
    const event = this.page
      .getByRole('list', { name: /^Events/ })
      .getByRole('listitem')
      .filter({ hasText: command })
    await event.last().locator('[data-change]').click()
    const dialog = this.page.getByRole('dialog', { name: 'What this command changed' })
    await dialog.getByRole('tree').waitFor({ timeout: SHOWN_MS })
    return dialog
  }
}
