/** An hour of a cluster in the page: looked through without a stutter. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, startServer } from '#labs/cli/server.ts'
import { alive, launchBrowser, openPage } from '../../support/browser.ts'
import { feedHour } from '../../support/hour.ts'

const LESSON = '/courses/kraft/electing-a-leader/controller-failover'
const SHOWN_MS = 10_000
/** Of the page's main thread for one step of a scroll or a scrub; counted as CPU time, so that a busy machine does not. */
const STEP_CPU_MS = 50
/** From one frame to the next, of most frames: what a learner sees as smooth, also where tests share the machine. */
const FRAME_MS = 50
const STEPS = 240

let server: Server
let browser: Browser

beforeAll(async () => {
  server = await startServer(process.cwd())
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

/** An hour cannot be waited for: here the page is real and what comes over its socket is made. */
test('an hour of six nodes scrolls and scrubs without a stutter', async () => {
  const page = await openPage(browser)
  await feedHour(page, 5_000)
  await page.goto(server.url + LESSON)
  await alive(page)
  await page.getByRole('button', { name: 'Start the lab' }).click()
  await page.getByRole('button', { name: 'List of events' }).click()
  const inspector = await page.context().newCDPSession(page)
  await inspector.send('Performance.enable', { timeDomain: 'threadTicks' })
  const spent = async () => {
    const { metrics } = await inspector.send('Performance.getMetrics')
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1_000
  }
  const before = await spent()
  const frames = await page.evaluate(async (steps) => {
    const line = document.querySelector<HTMLElement>('.timeline-line')!
    const slider = line.querySelector('input')!
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!
    const [first, last] = [Number(slider.min), Number(slider.max)]
    const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve))
    const taken: number[] = []
    let previous = await frame()
    for (let step = 0; step < steps; step += 1) {
      const share = (step % (steps / 2)) / (steps / 2 + 1)
      if (step < steps / 2) line.scrollLeft = line.scrollWidth * share
      else {
        set.call(slider, String(Math.round(first + (last - first) * share)))
        slider.dispatchEvent(new Event('input', { bubbles: true }))
      }
      const now = await frame()
      taken.push(now - previous)
      previous = now
    }
    return taken.sort((a, b) => a - b)
  }, STEPS)
  const each = ((await spent()) - before) / STEPS
  const at = (share: number) => (frames[Math.floor((frames.length - 1) * share)] ?? 0).toFixed(0)
  console.log(`an hour: ${each.toFixed(1)} ms of CPU a step; frames p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`)
  await page.getByText('You are looking at').first().waitFor({ timeout: SHOWN_MS })
  expect(each).toBeLessThan(STEP_CPU_MS)
  expect(frames[Math.floor(frames.length / 2)]).toBeLessThan(FRAME_MS)
})
