import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Real clusters start and stop in these; each wait inside has a limit of its own and says what it waited for. */
const REAL_PARTS_MS = 180_000

/** Most of their time they wait for elections, sessions and time-outs; with one more, those came too late. */
const WORKERS = 2

/** Short files that take long. Begun last they would leave one worker without work at the end. */
const LONG = /\/(site|lesson-commands|verify)\.test\.ts$/
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const [long, others] = [true, false].map((is) => sorted.filter(({ moduleId }) => LONG.test(moduleId) === is))
    return [...long!, ...others!]
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
    sequence: { sequencer: LongFirst },
    projects: [
      {
        extends: true,
        test: { name: 'unit', isolate: false, include: ['test/unit/**/*.test.{ts,tsx}'], sequence: { groupOrder: 0 } },
      },
      realParts('integration', 'test/integration/**/*.test.ts', 1, WORKERS),
      // a browser, and no room beside it
      realParts('pages', 'test/e2e/pages/*.test.ts', 1, WORKERS),
      // a browser and a room each
      realParts('e2e', 'test/e2e/*.test.ts', 1, WORKERS),
      // those that measure
      realParts('alone', 'test/e2e/alone/*.test.ts', 2, 1),
    ],
  },
})
