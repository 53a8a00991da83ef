import { defineConfig } from 'vitest/config'

/** Real clusters start and stop in these; each wait inside has a limit of its own and says what it waited for. */
const REAL_PARTS_MS = 180_000

/** Most of their time they wait for elections, sessions and time-outs: one more than there are cores. */
const WAITING_WORKERS = 3

const realParts = (name: string, include: string | string[], order: number, fileParallelism: boolean) => ({
  extends: true as const,
  test: {
    name,
    include: [include].flat(),
    testTimeout: REAL_PARTS_MS,
    hookTimeout: REAL_PARTS_MS,
    fileParallelism,
    maxWorkers: fileParallelism ? WAITING_WORKERS : 1,
    sequence: { groupOrder: order },
  },
})

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    restoreMocks: true,
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/unit/**/*.test.{ts,tsx}'], sequence: { groupOrder: 0 } },
      },
      realParts('integration', 'test/integration/**/*.test.ts', 1, true),
      // a browser, and no room beside it
      realParts('pages', 'test/e2e/pages/*.test.ts', 1, true),
      // one at a time: a browser and a whole Kraftlab load the machine
      realParts('e2e', 'test/e2e/*.test.ts', 2, false),
    ],
  },
})
