/** `labs verify` as a developer of labs runs it: a few labs and near misses here, all of them in the soak run. */
import { execFile } from 'node:child_process'
import { expect, test } from 'vitest'
import type { Verification } from '#labs/cli/verify.ts'
import { SOAK } from '../support/soak.ts'

/** The Quick Start has a test in the browser; its near misses and the other labs are the soak run's. */
const SAMPLE = ['controller-failover', '--sample']
const LIMIT_MS = SOAK ? 210 * 60_000 : 160_000

test(
  'labs: false before, true after, near misses refused',
  async () => {
    const { status, stdout, stderr } = await labs(['verify', ...(SOAK ? await slugs() : SAMPLE)])
    const results: Verification[] = JSON.parse(stdout)
    expect(results.length).toBeGreaterThan(0)
    for (const { slug, before, after, wrong, problem } of results) {
      expect({ slug, problem }).toEqual({ slug, problem: undefined })
      expect(before.length).toBeGreaterThan(0)
      expect(before.filter(({ passed }) => passed)).toEqual([])
      expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id))
      expect(after.filter(({ passed }) => !passed)).toEqual([])
      expect(wrong.length).toBeGreaterThan(0)
      expect(wrong.filter(({ passed }) => passed)).toEqual([])
    }
    expect({ status, stderr }).toMatchObject({ status: 0 })
  },
  LIMIT_MS,
)

test('list says what there is, as one JSON array', async () => {
  const { stdout } = await labs(['list', '--json'])
  expect(JSON.parse(stdout)).toContainEqual({
    slug: 'quick-start',
    title: 'Quick start',
    course: 'kraft',
    module: 'quick-start',
    steps: 8,
    checks: 10,
    minutes: 25,
  })
})

const slugs = async (): Promise<string[]> =>
  (JSON.parse((await labs(['list', '--json'])).stdout) as { slug: string }[]).map(({ slug }) => slug)

function labs(args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['dist/labs.mjs', ...args],
      { timeout: LIMIT_MS, maxBuffer: 16 * 2 ** 20 },
      (error, stdout, stderr) => resolve({ status: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
    )
  })
}
