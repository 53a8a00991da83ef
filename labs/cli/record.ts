/** `labs record`: a fresh room, the solution typed as `labs verify` does, and the history of it all kept. */
import { copyFile, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { loadSolution } from '#labs/engine/catalog.ts'
import type { Lab } from '#labs/engine/define.ts'
import { historyFile } from '#labs/gateway/stories.ts'
import { startServer } from './server.ts'
import { solveStep } from './solve.ts'
import { Visitor } from './visitor.ts'

/** @param file gets the history as NDJSON, also where the solution falls short */
export async function record(root: string, lab: Lab, file: string, log: (line: string) => void): Promise<void> {
  const { slug, variant } = lab
  const solution = await loadSolution(root, lab)
  const server = await startServer(root, { KRAFTLAB_VERIFY: '1' })
  try {
    const visitor = await Visitor.start(server.url, slug, { variant })
    try {
      for (const step of lab.steps) {
        for (const { id, evidence } of await solveStep(visitor, lab, step, solution))
          log(`${slug}: ${id}: ${(evidence as { says: string }).says}`)
      }
    } finally {
      await visitor.end()
      await mkdir(dirname(file), { recursive: true })
      await copyFile(historyFile(server.data, visitor.id), file)
      log(`${slug}: history in ${file}`)
    }
  } finally {
    await server.stop()
  }
}
