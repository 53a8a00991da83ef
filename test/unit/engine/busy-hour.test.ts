/** An hour of six nodes: opened quickly, looked back at and judged without a stutter, on limits a busy machine keeps. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { HISTORY_VERSION } from '#labs/engine/history.ts'
import { LabSession } from '#labs/engine/lab-session.ts'
import { busyHour } from '../../support/busy-hour.ts'
import { temporaryFolder } from '../../support/temporary.ts'
import { labOf } from '../../support/told.ts'

const START = 1_700_000_000_000
/** ms of the processor; the bench has the figures */
const LIMIT = { openMs: 5_000, lookP99Ms: 30, judgeMs: 5 }

test('an hour of six nodes', async () => {
  const file = join(await temporaryFolder(), 'history.ndjson')
  const entries = busyHour(START)
  expect(entries.length).toBeGreaterThan(40_000)
  const line = ({ at, body }: (typeof entries)[number], index: number) =>
    `${JSON.stringify({ v: HISTORY_VERSION, seq: index + 1, at, mono: at, body })}\n`
  await writeFile(file, entries.map(line).join(''))

  const lab = labOf({
    died: ({ history }) => history.nodeDown({ wasLeader: true, host: 'nowhere' }),
    epochs: ({ history }) => history.leadersByEpoch({ after: history.events('node')[0] ?? 'died' }),
    watermark: ({ history }) => history.highWatermarkNeverFell({ since: history.events('node')[0] ?? 'died' }),
    shrank: ({ history }) => history.isrShrank({ topic: 'none' }),
  })
  // Of the processor, not of the clock: others use it too.
  const used = () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1_000
  }
  const heap = process.memoryUsage().heapUsed
  const opening = used()
  const session = await LabSession.open({ id: 's', lab, learner: 'ada', file })
  onTestFinished(() => session.close())
  const openMs = used() - opening

  const looks: number[] = []
  for (let index = 0; index < 200; index++) {
    const at = START + ((index * 7_919) % 5_400) * 1_000
    const before = used()
    const then = await session.viewAt(at)
    looks.push(used() - before)
    expect(then.clusters[0]?.leader === null || typeof then.clusters[0]?.leader === 'number').toBe(true)
  }
  looks.sort((one, other) => one - other)
  const lookP99Ms = looks[Math.floor(looks.length * 0.99)]!

  const judging = used()
  const times = 100
  for (let index = 0; index < times; index++) session.assess()
  const judgeMs = (used() - judging) / times
  const keptMiB = (process.memoryUsage().heapUsed - heap) / 2 ** 20
  if (process.env.KRAFTLAB_FIGURES)
    console.info({ entries: entries.length, openMs, lookP50Ms: looks[100], lookP99Ms, judgeMs, keptMiB })
  expect(openMs).toBeLessThan(LIMIT.openMs)
  expect(lookP99Ms).toBeLessThan(LIMIT.lookP99Ms)
  expect(judgeMs).toBeLessThan(LIMIT.judgeMs)

  // Looking back shows what was folded then: just before the first failover, and after it.
  const leaderAt = async (second: number) => (await session.viewAt(START + second * 1_000)).clusters[0]?.leader
  expect(await leaderAt(180)).toBe(101)
  expect(await leaderAt(181)).toBe(null)
  expect(await leaderAt(183)).toBe(102)
  expect((await session.viewAt(START - 1)).clusters[0]?.topics).toEqual([])
  expect((await session.viewAt(START + 10_000_000)).clusters).toEqual(session.view().clusters)
}, 60_000)
