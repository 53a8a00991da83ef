import { defineConfig } from 'vitest/config'

/** Real clusters start and stop in these; each wait inside has a limit of its own and says what it waited for. */
const REAL_PARTS_MS = 180_000

const realParts = (name: string, order: number) => ({
  extends: true as const,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: REAL_PARTS_MS,
    hookTimeout: REAL_PARTS_MS,
    // one at a time: they measure and load the machine
    fileParallelism: false,
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
      realParts('integration', 1),
      realParts('e2e', 2),
    ],
  },
})
