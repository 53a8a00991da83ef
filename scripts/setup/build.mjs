/** esbuild: what Node and rooms run, from TypeScript. Each output appears by rename; a broken lab breaks nothing else. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { filesBelow, hash, hashFiles, makeFolder, readIfThere, stamped, writeWhole } from './files.mjs'
import { SetupError } from './stage.mjs'

/** entry → output in dist/; those whose owners have not written them yet are left out */
const PROGRAMS = {
  'supervisor/main.ts': 'supervisor',
  'supervisor/site.ts': 'site',
  'labs/gateway/main.ts': 'gateway',
  'data/worker.ts': 'database',
  'labs/cli/main.ts': 'labs',
  'labs/cli/metadata.ts': 'metadata',
  'labs/cli/bench.ts': 'bench',
  'labs/cli/db.ts': 'db',
  'config/environment.ts': 'environment',
}
const CATALOG = 'labs/catalog'
const LAB_FILES = ['lab', 'solution', 'wrong']
const INPUTS = [
  'supervisor',
  'labs',
  'lessons',
  'data',
  'config',
  'generated',
  'package-lock.json',
  'scripts/setup/build.mjs',
]

const COMMON = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'linked',
  logLevel: 'silent',
}

const stamp = (root) => join(root, 'dist/.programs')
const wanted = (root) => hashFiles(root, INPUTS)

export const programs = {
  name: 'programs',
  done: (context) =>
    stamped(stamp(context.root), wanted(context.root)) && existsSync(join(context.root, 'dist/supervisor.mjs')),
  make: async (context) => {
    const { root } = context
    const { build } = await esbuild(root)
    const before = wanted(root)
    // one that does not compile keeps none of the others from being built
    const failures = []
    for (const [entry, name] of Object.entries(PROGRAMS)) {
      if (existsSync(join(root, entry)))
        await buildProgram(build, root, entry, name).catch((error) => failures.push(error))
    }
    await buildLabs(build, root)
    if (failures.length > 0) throw failures[0]
    // a file that changed while we built shows up as undone next time
    writeWhole(stamp(root), before)
  },
}

const esbuild = (root) => import(pathToFileURL(join(root, 'node_modules/esbuild/lib/main.js')).href)

const buildProgram = async (build, root, entry, name) => {
  try {
    await intoDist(root, (outdir) =>
      build({
        ...COMMON,
        absWorkingDir: root,
        entryPoints: { [name]: entry },
        outdir,
        outExtension: { '.js': '.mjs' },
        packages: 'external',
      }),
    )
  } catch (error) {
    const { path, field, reason } = problemOf(error, entry)
    throw new SetupError(`${path}${field ? ` (${field})` : ''} does not compile: ${reason}`, { cause: error })
  }
}

/** Builds beside the place, then renames file by file. */
async function intoDist(root, fill) {
  const temporary = join(root, `dist/.build-${process.pid}`)
  mkdirSync(temporary, { recursive: true })
  try {
    await fill(temporary)
    for (const path of filesBelow(temporary, ['.'])) renameSync(join(temporary, path), join(root, 'dist', path))
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

async function buildLabs(build, root) {
  const source = join(root, CATALOG)
  const slugs = existsSync(source)
    ? readdirSync(source, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
    : []
  for (const slug of slugs) {
    const folder = join(root, 'dist/catalog', slug)
    await replaceFolder(folder, async (temporary) => {
      try {
        const entries = LAB_FILES.filter((name) => existsSync(join(source, slug, `${name}.ts`)))
        if (!entries.includes('lab')) throw new Error('lab.ts is missing')
        await build({
          ...COMMON,
          absWorkingDir: root,
          entryPoints: Object.fromEntries(entries.map((name) => [name, `${CATALOG}/${slug}/${name}.ts`])),
          outdir: temporary,
          outExtension: { '.js': '.mjs' },
          packages: 'external',
        })
      } catch (error) {
        const problem = problemOf(error, `${CATALOG}/${slug}/lab.ts`)
        process.stderr.write(`  lab ${slug} is left out: ${problem.path} ${problem.field}: ${problem.reason}\n`)
        writeFileSync(join(temporary, 'problem.json'), JSON.stringify(problem))
      }
    })
  }
  const made = join(root, 'dist/catalog')
  for (const name of existsSync(made) ? readdirSync(made) : []) {
    if (!slugs.includes(name)) rmSync(join(made, name), { recursive: true, force: true })
  }
}

async function replaceFolder(folder, fill) {
  const old = `${folder}.${process.pid}.old`
  const fresh = `${folder}.${process.pid}.new`
  rmSync(fresh, { recursive: true, force: true })
  await makeFolder(fresh, fill)
  if (existsSync(folder)) renameSync(folder, old)
  renameSync(fresh, folder)
  rmSync(old, { recursive: true, force: true })
}

/** @returns {{ path: string, field: string, reason: string }} `field`: where in the file */
function problemOf(error, entry) {
  const [first] = error.errors ?? []
  if (!first) return { path: entry, field: '', reason: error.message.split('\n')[0] }
  const { file = entry, line, column } = first.location ?? {}
  return { path: file, field: line === undefined ? '' : `line ${line}, column ${column + 1}`, reason: first.text }
}

const ROOM_ENTRIES = { 'labs/sandbox/switch/main.ts': 'switch', 'labs/sandbox/spawner/main.ts': 'spawner' }
const SECCOMP_ENTRY = 'labs/sandbox/seccomp/build.ts'
/** Bundled packages in CommonJS ask for Node's own modules by require. */
const REQUIRE =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);"
const ROOM_INPUTS = [
  'labs/sandbox',
  'labs/watcher',
  'labs/probe',
  'labs/kafka',
  'labs/protocol',
  'config',
  'package-lock.json',
  'scripts/setup/build.mjs',
]

const roomStamp = (root) => join(root, 'dist/.room')
const roomInputs = (context) => hash(hashFiles(context.root, ROOM_INPUTS), context.cache, process.versions.modules)

/** What runs inside rooms: no node_modules there, so everything is bundled but the native node-pty. */
export const roomPrograms = {
  name: 'programs of the rooms',
  done: (context) => {
    const [inputs, path] = (readIfThere(roomStamp(context.root)) ?? '').split('\n')
    return inputs === roomInputs(context) && existsSync(path ?? '')
  },
  make: async (context) => {
    const { root, cache } = context
    const { build } = await esbuild(root)
    const before = roomInputs(context)
    const staging = join(cache, `room.${process.pid}.staging`)
    mkdirSync(staging, { recursive: true })
    try {
      for (const [entry, name] of Object.entries(ROOM_ENTRIES)) {
        if (!existsSync(join(root, entry))) continue
        await build({
          ...COMMON,
          absWorkingDir: root,
          entryPoints: { [name]: entry },
          outdir: staging,
          outExtension: { '.js': '.mjs' },
          external: ['node-pty'],
          banner: { js: REQUIRE },
        }).catch((error) => {
          const { path, field, reason } = problemOf(error, entry)
          throw new SetupError(`${path} (${field}) does not compile: ${reason}`, { cause: error })
        })
      }
      await writeSeccomp(build, root, staging)
      copyPty(root, join(staging, 'node_modules/node-pty'))
      const made = filesBelow(staging, ['.']).flatMap((path) => [path, readFileSync(join(staging, path))])
      // filesBelow leaves node_modules out: its version is in the lock file
      const path = join(cache, `room-${hash(...made, before)}`)
      if (!existsSync(path)) await makeFolder(path, (temporary) => cpSync(staging, temporary, { recursive: true }))
      writeWhole(roomStamp(root), `${before}\n${path}`)
    } finally {
      rmSync(staging, { recursive: true, force: true })
    }
  },
}

/** The filter is a program for the kernel, assembled by labs/sandbox, whose default export gives its bytes. */
async function writeSeccomp(build, root, staging) {
  if (!existsSync(join(root, SECCOMP_ENTRY))) return
  const outfile = join(staging, 'seccomp.build.mjs')
  await build({
    ...COMMON,
    sourcemap: false,
    absWorkingDir: root,
    entryPoints: [SECCOMP_ENTRY],
    outfile,
    packages: 'external',
  })
  const { default: filter } = await import(pathToFileURL(outfile).href)
  writeFileSync(join(staging, 'seccomp.bpf'), typeof filter === 'function' ? await filter() : filter)
  rmSync(outfile)
}

function copyPty(root, to) {
  const from = join(root, 'node_modules/node-pty')
  for (const path of ['package.json', 'lib', 'build/Release/pty.node']) {
    const skip = (source) => !/\.(test\.js|map|d\.ts)$/.test(relative(from, source))
    cpSync(join(from, path), join(to, path), { recursive: true, filter: skip })
  }
}

export const roomInstallation = ({ root }) => (readIfThere(roomStamp(root)) ?? '').split('\n')[1] ?? ''
