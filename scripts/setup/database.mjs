/** The database client's code, generated, and the migrations of one data folder. */
import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { hash, hashFiles, makeFolder, stamped, writeWhole } from './files.mjs'
import { run, SetupError } from './stage.mjs'

const SCHEMA = 'prisma/schema.prisma'
const FILE = 'kraftlab.db'
const PRISMA_MS = 2 * 60_000

const stamp = (root) => join(root, 'generated/.kraftlab')
const inputs = (root) => hash(hashFiles(root, [SCHEMA, 'prisma.config.ts', 'package-lock.json']))

export const prismaClient = {
  name: 'database client',
  done: ({ root }) => !existsSync(join(root, SCHEMA)) || stamped(stamp(root), inputs(root)),
  make: async (context) => {
    const before = inputs(context.root)
    await prisma(context, 'prisma-generate', ['generate'], {})
    writeWhole(stamp(context.root), before)
  },
}

/** A data folder of this version in which nobody was yet. */
const empty = (root) => join(root, 'dist', `empty-${hash(hashFiles(root, ['prisma/migrations', 'package-lock.json']))}`)

/** Prisma takes two seconds for what is the same each time: a new data folder gets a copy. */
export const emptyDatabase = {
  name: 'empty database',
  done: ({ root }) => !existsSync(join(root, SCHEMA)) || existsSync(empty(root)),
  make: (context) => makeFolder(empty(context.root), (temporary) => migrate(context, temporary)),
}

const migrate = (context, data) =>
  prisma(context, 'prisma-migrate', ['migrate', 'deploy'], {
    KRAFTLAB_ROOT: context.root,
    KRAFTLAB_DATA: data,
    DATABASE_URL: `file:${join(data, FILE)}`,
  })

/** @returns {boolean} whether there was no database, and is one now */
function copyEmpty(root, data) {
  const [from, to] = [join(empty(root), FILE), join(data, FILE)]
  if (existsSync(to) || !existsSync(from)) return false
  const temporary = `${to}.${process.pid}.tmp`
  copyFileSync(from, temporary)
  try {
    linkSync(temporary, to)
    return true
  } catch (error) {
    // another was quicker
    if (error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(temporary)
  }
}

const prisma = (context, log, argv, env) =>
  run(context, log, [process.execPath, join(context.root, 'node_modules/prisma/build/index.js'), ...argv], {
    env: { ...process.env, ...env, PRISMA_HIDE_UPDATE_MESSAGE: '1', CHECKPOINT_DISABLE: '1' },
    timeoutMs: PRISMA_MS,
    fails: `prisma ${argv.join(' ')} failed`,
  })

/** @returns {{ pending: string[], unknown: string[] }} by comparing prisma/migrations with what the database has run */
function compare(root, file) {
  const folder = join(root, 'prisma/migrations')
  const known = existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
    : []
  if (!existsSync(file)) return { pending: known, unknown: [] }
  const Database = createRequire(join(root, 'package.json'))('better-sqlite3')
  const database = new Database(file, { readonly: true })
  try {
    const table = database.prepare("select 1 from sqlite_master where name = '_prisma_migrations'").get()
    const run = table
      ? database
          .prepare(
            'select migration_name as name from _prisma_migrations where finished_at is not null and rolled_back_at is null',
          )
          .all()
          .map(({ name }) => name)
      : []
    return {
      pending: known.filter((name) => !run.includes(name)),
      unknown: run.filter((name) => !known.includes(name)),
    }
  } finally {
    database.close()
  }
}

/**
 * Brings the database of a data folder to this version.
 * @param {{ root: string }} context
 * @param {string} data the data folder
 * @returns {import('./stage.mjs').Stage}
 */
export const migrations = (data) => ({
  name: 'database',
  done: ({ root }) => {
    if (!existsSync(join(root, SCHEMA))) return true
    const file = join(data, FILE)
    const { pending, unknown } = compare(root, file)
    if (unknown.length > 0) {
      throw new SetupError(
        `${file} is from a newer version of Kraftlab (${unknown[0]}): update this clone, or set KRAFTLAB_DATA to another folder`,
      )
    }
    return pending.length === 0 && existsSync(file)
  },
  make: (context) => {
    mkdirSync(data, { recursive: true, mode: 0o700 })
    return copyEmpty(context.root, data) || migrate(context, data)
  },
})
