/** Kraftlab's own npm packages. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { hash, readIfThere, stamped } from './files.mjs'
import { run } from './stage.mjs'

const NPM_MS = 12 * 60_000
/** Built here by their install scripts; npm's own record of a finished install does not vouch for them. */
const NATIVE = ['node-pty/build/Release/pty.node', 'better-sqlite3/build/Release/better_sqlite3.node']

/** Node's headers where they lie beside it, so that native builds ask no network for them. */
export function nodedir() {
  const prefix = dirname(dirname(process.execPath))
  return existsSync(join(prefix, 'include/node/node.h')) ? { npm_config_nodedir: prefix } : {}
}

const stampOf = (root) => hash(readFileSync(join(root, 'package-lock.json')), process.versions.modules)

export const npmPackages = {
  name: 'npm packages',
  // with what the stages after it need: better said before the first
  bytes: 2 * 1024 ** 3,
  done: ({ root }) => {
    const stamp = join(root, 'node_modules/.kraftlab')
    if (stamped(stamp, stampOf(root))) return true
    // installed by hand, as developers do
    if (existsSync(stamp) && !hasThisAbi(root)) return false
    if (!matchesLock(root)) return false
    writeFileSync(stamp, stampOf(root))
    writeFileSync(`${stamp}-abi`, process.versions.modules)
    return true
  },
  make: async (context) => {
    await run(context, 'npm-ci', ['npm', 'ci'], {
      // node-gyp's make would otherwise compile SQLite on one core, and twice as long for a few per cent
      env: { JOBS: 'max', CFLAGS: '-O1', CXXFLAGS: '-O1', ...process.env, ...nodedir() },
      timeoutMs: NPM_MS,
      fails: 'npm ci failed: is the npm registry reachable, and is there a C++ compiler?',
    })
    writeFileSync(join(context.root, 'node_modules/.kraftlab'), stampOf(context.root))
    writeFileSync(join(context.root, 'node_modules/.kraftlab-abi'), process.versions.modules)
  },
}

const hasThisAbi = (root) => stamped(join(root, 'node_modules/.kraftlab-abi'), process.versions.modules)

/** npm writes this record last; every package of the lock file must be in it, but for those of other systems. */
function matchesLock(root) {
  const record = readIfThere(join(root, 'node_modules/.package-lock.json'))
  if (!record || !NATIVE.every((path) => existsSync(join(root, 'node_modules', path)))) return false
  const installed = JSON.parse(record).packages
  const { '': _, ...wanted } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  return (
    Object.entries(wanted).every(([path, { version, optional }]) =>
      installed[path] ? installed[path].version === version : optional,
    ) && Object.keys(installed).every((path) => path in wanted)
  )
}
