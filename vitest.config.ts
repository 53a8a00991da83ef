import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { SOAK } from './test/support/soak.ts'

/** Real clusters start and stop in these; each wait inside has a limit of its own and says what it waited for. */
const REAL_PARTS_MS = 180_000

/** Some fold a hundred thousand entries: a second, or six where others want the same cores. */
const BUSY_MACHINE_MS = 20_000

/** Most of their time they wait for elections, sessions and time-outs; with one more, those came too late. */
const WORKERS = 2

/** A browser, or many nodes one after the other: they keep both cores busy. What else has real parts mostly waits. */
const BUSY = /\/test\/(e2e\/|integration\/(lesson-commands|verify)\.)/
/** Short files that take long. Begun last they would leave one worker without work at the end. */
const LONG = /\/(site|lesson-commands|verify)\.test\.ts$/

/** A busy one beside one that waits, all the time: two busy ones are in each other's way, two others leave a core idle. */
class Mixed extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const of = (pattern: RegExp, some = sorted) =>
      [true, false].map((is) => some.filter(({ moduleId }) => pattern.test(moduleId) === is)) as [
        TestSpecification[],
        TestSpecification[],
      ]
    const [busy, others] = of(BUSY)
    const [waiting, units] = of(/\/test\/integration\//, others)
    const until = (at: number) => Math.round((at / busy.length) * waiting.length)
    const mixed = of(LONG, busy)
      .flat()
      .flatMap((file, at) => [file, ...waiting.slice(until(at), until(at + 1))])
    return [...units, ...(busy.length > 0 ? mixed : waiting)]
  }
}

const realParts = (name: string, include: string, order: number, maxWorkers: number) => ({
  extends: true as const,
  test: {
    name,
    include: [include],
    testTimeout: REAL_PARTS_MS,
    hookTimeout: REAL_PARTS_MS,
    fileParallelism: maxWorkers > 1,
    maxWorkers,
    sequence: { groupOrder: order },
  },
})

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    restoreMocks: true,
    sequence: { sequencer: Mixed },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          isolate: false,
          include: ['test/unit/**/*.test.{ts,tsx}'],
          testTimeout: BUSY_MACHINE_MS,
          sequence: { groupOrder: 0 },
        },
      },
      realParts('integration', 'test/integration/**/*.test.ts', 1, WORKERS),
      // a browser, and no room beside it
      realParts('pages', 'test/e2e/pages/*.test.ts', 1, WORKERS),
      // a browser and a room each
      realParts('e2e', 'test/e2e/*.test.ts', 1, WORKERS),
      // those that measure: half a minute in which nothing else may run
      ...(SOAK ? [realParts('alone', 'test/e2e/alone/*.test.ts', 2, 1)] : []),
    ],
  },
})
