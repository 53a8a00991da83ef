/** The terminal as people use one: full-screen programs, unicode, job control, two tabs of one browser, a lost room. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Server, startServer } from '#labs/cli/server.ts'
import { axeViolations, inColours, launchBrowser, openPage } from '../support/browser.ts'
import { Workbench } from '../support/workbench.ts'

const LESSON = '/courses/kraft/quick-start/quick-start'

const FOLLOWED = { timeout: 10_000, interval: 200 }

let server: Server
let browser: Browser
let page: Page
let bench: Workbench

beforeAll(async () => {
  server = await startServer(process.cwd())
  browser = await launchBrowser()
  page = await openPage(browser)
  bench = new Workbench(page)
  await page.goto(server.url + LESSON)
  await bench.start()
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

test('unicode, colours, links', async () => {
  await bench.enter(String.raw`printf 'héllo → 日本語 ✓ \e[31mred\e[0m https://kafka.apache.org/\n'`)
  await bench.shows(/^héllo → 日本語 ✓ red https:\/\/kafka/m)
  const red = await page.locator('[data-terminal]:visible .xterm-rows span', { hasText: /^red$/ }).first()
  expect(await red.getAttribute('class')).toMatch(/xterm-fg-1/)
})

test('Ctrl-C ends a program, Ctrl-Z stops it, fg brings it back', async () => {
  // cat answers each line, so that a key is only pressed when the program has the terminal.
  const catAnswers = async (word: string) => {
    await bench.enter(word)
    await bench.shows(new RegExp(`^${word}\\n${word}$`, 'm'))
  }
  await bench.enter('cat')
  await catAnswers('one')
  await page.keyboard.press('Control+c')
  await bench.shows(/\^C\nlearner@/)
  await bench.enter('echo ended with $?')
  await bench.shows(/^ended with 130$/m)
  await bench.enter('cat')
  await catAnswers('two')
  await page.keyboard.press('Control+z')
  await bench.shows(/Stopped +cat/)
  await bench.enter('fg')
  await catAnswers('three')
  await page.keyboard.press('Control+c')
  await bench.enter('echo back')
  await bench.shows(/^back$/m)
})

test('less and top fill the screen and give it back', async () => {
  await bench.enter('seq 1 500 | less')
  await bench.shows(/^1$/m)
  await bench.type('G')
  await bench.shows(/^500$/m)
  await bench.type('q')
  await bench.enter('top')
  await bench.shows(/PID +USER/)
  await bench.type('q')
  await bench.shows(/learner@broker-1/)
})

test('the shell follows the window', async () => {
  const columns = async (mark: string) => {
    await bench.enter(`echo ${mark} $(stty size)`)
    await bench.shows(new RegExp(`^${mark} \\d+ \\d+$`, 'm'))
    return Number(new RegExp(`^${mark} \\d+ (\\d+)$`, 'm').exec(await bench.screen())?.[1])
  }
  const wide = await columns('wide')
  await page.setViewportSize({ width: 1100, height: 800 })
  // It is told when the window has come to rest.
  let tries = 0
  await vi.waitFor(async () => expect(await columns(`narrow-${++tries}`)).toBeLessThan(wide), FOLLOWED)
  await page.setViewportSize({ width: 1440, height: 900 })
})

test('completion knows tools and options', async () => {
  await bench.enter('clear')
  await bench.type('kafka-metadata-q')
  await page.keyboard.press('Tab')
  await bench.shows(/kafka-metadata-quorum/)
  await page.keyboard.press('Control+c')
  await bench.type('kafka-topics --repl')
  await page.keyboard.press('Tab')
  await bench.shows(/kafka-topics --replica/)
  await page.keyboard.press('Control+c')
})

test('a second tab shows the same terminal, and a flood in a hidden one stops neither', async () => {
  const second = await page.context().newPage()
  await second.goto(server.url + LESSON)
  const other = new Workbench(second)
  await other.shows(/learner@broker-1/)
  await other.enter('clear; echo from the second tab')
  await page.bringToFront()
  await bench.shows(/^from the second tab$/m)
  // The second tab is hidden now and need not draw; the first sees all of it to the end.
  await bench.enter('clear; seq 1 300000; echo flood over')
  await bench.shows(/^flood over$/m)
  await second.bringToFront()
  await other.shows(/^flood over$/m)
  await second.close()
})

test('a flood can be stopped', async () => {
  await bench.enter('yes')
  await bench.shows(/^y\ny$/m)
  await page.keyboard.press('Control+c')
  await bench.enter('clear; echo calm')
  await bench.shows(/^calm$/m)
})

test('what is selected is copied, what was copied is pasted', async () => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await bench.enter('clear; echo copied-text')
  await bench.shows(/^copied-text$/m)
  const word = page.locator('[data-terminal]:visible .xterm-rows > div', { hasText: /^copied-text$/ }).first()
  const box = await word.boundingBox()
  await page.mouse.dblclick((box?.x ?? 0) + 20, (box?.y ?? 0) + 8)
  await page.keyboard.press('Control+Shift+c')
  await vi.waitFor(async () => expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('copied'))
  await bench.type('echo pasted: ')
  await page.keyboard.press('Control+Shift+v')
  await bench.shows(/echo pasted: copied/)
  await page.keyboard.press('Enter')
  await bench.shows(/^pasted: copied/m)
})

test("a learner's kill -9 -1 ends the terminals with a reason, and a new one can be had", async () => {
  await bench.enter('kill -9 -1')
  await page.getByText("The host's terminal service was restarted.").first().waitFor({ timeout: 20_000 })
  await page.getByRole('button', { name: 'Open a new one' }).click()
  await bench.shows(/learner@broker-1/)
  await bench.enter('echo alive again')
  await bench.shows(/^alive again$/m)
})

test.each(['light', 'dark'] as const)('the workbench in use is free of what axe finds, in %s', async (colorScheme) => {
  await inColours(page, colorScheme)
  expect(await axeViolations(page, colorScheme)).toEqual([])
})
