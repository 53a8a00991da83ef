/** Where the database lies, and whether it is one that this version of Kraftlab can use. */
import { closeSync, existsSync, mkdirSync, openSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'

export type Places = {
  /** the clone: its prisma/migrations say which version of the database this is */
  root: string
  /** what learners made */
  data: string
}

export const databaseFile = (places: Pick<Places, 'data'>): string => join(places.data, 'kraftlab.db')

/**
 * Makes the file if there is none, readable by its owner alone: it holds the tokens of sign-ins.
 * @returns its path
 * @throws Error with one line where a newer Kraftlab has written it
 */
export function prepareDatabaseFile(places: Places): string {
  mkdirSync(places.data, { recursive: true, mode: 0o700 })
  const file = databaseFile(places)
  closeSync(openSync(file, 'a', 0o600))
  refuseNewerDatabase(places)
  return file
}

/** @throws Error with one line where migrations are missing or unknown */
export function checkDatabaseVersion(places: Places): void {
  refuseNewerDatabase(places)
  const applied = new Set(appliedMigrations(databaseFile(places)))
  const missing = knownMigrations(places).find((name) => !applied.has(name))
  if (missing) {
    throw new Error(`${databaseFile(places)} has not had the migration ${missing}: run "npm run setup"`)
  }
}

function refuseNewerDatabase(places: Places): void {
  const known = new Set(knownMigrations(places))
  const unknown = appliedMigrations(databaseFile(places)).find((name) => !known.has(name))
  if (unknown) {
    throw new Error(
      `${databaseFile(places)} is from a newer version of Kraftlab (it has had the migration ${unknown}): update Kraftlab, or set KRAFTLAB_DATA to another folder`,
    )
  }
}

const knownMigrations = ({ root }: Places): string[] =>
  readdirSync(join(root, 'prisma', 'migrations'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()

function appliedMigrations(file: string): string[] {
  if (!existsSync(file)) throw new Error(`there is no database at ${file}: run "npm run setup"`)
  let database: Database.Database | undefined
  try {
    database = new Database(file, { readonly: true })
    const has = database
      .prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '_prisma_migrations'")
      .get()
    if (!has) return []
    const rows = database
      .prepare(
        'SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
      )
      .all()
    return (rows as { name: string }[]).map(({ name }) => name)
  } catch (error) {
    throw new Error(`${file} cannot be read as a database: ${(error as Error).message}`, { cause: error })
  } finally {
    database?.close()
  }
}
