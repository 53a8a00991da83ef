/** A temporary folder that everyone may enter (rooms run as another user), gone when its owner says so. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export function sharedFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'kraftlab-test-'))
  chmodSync(folder, 0o755)
  return {
    make: (name: string) => {
      const path = join(folder, name)
      mkdirSync(path, { recursive: true })
      return path
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
