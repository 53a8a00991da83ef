/** All of set-up, in order. */
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { programs, roomPrograms } from './build.mjs'
import { emptyDatabase, migrations, prismaClient } from './database.mjs'
import { installation } from './installation.mjs'
import { findJava } from './java.mjs'
import { javascriptPackages, nodeBinary } from './javascript.mjs'
import { kafkaStages } from './kafka.mjs'
import { npmPackages } from './npm.mjs'
import { cachePlace, roomUser } from './places.mjs'
import { pythonVenv } from './python.mjs'
import { site } from './site.mjs'
import { runStages, SetupError } from './stage.mjs'
import { checkMachine, systemPrograms, userNamespaces } from './system.mjs'

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/**
 * Makes what is missing. A second run takes about a second.
 * @param {{ forTests?: boolean, data?: string | null, site?: boolean }} [options] `data`: folder whose database is
 *   brought up to date, null for none; `site`: false leaves out the pages
 * @throws SetupError with one line for a person
 */
export async function setUp({
  forTests = false,
  data = process.env.KRAFTLAB_DATA || '.data',
  site: pages = true,
} = {}) {
  // what rooms read must be readable, whatever the person's own umask
  const umask = process.umask(0o022)
  try {
    checkMachine()
    const context = { root: ROOT, cache: cachePlace(ROOT), roomUser, java: findJava(), forTests }
    await runStages(
      [systemPrograms, jdk, userNamespaces, [[npmPackages], runtime], ...builds(pages), ...database(data)],
      context,
    )
    return context
  } finally {
    process.umask(umask)
  }
}

const jdk = {
  name: 'JDK',
  done: (context) => {
    context.java ??= findJava()
    return context.java !== null
  },
  make: () => {
    throw new SetupError('no JDK of Java 17 to 25 was found: install openjdk-17-jdk-headless, or set JAVA_HOME')
  },
}

const runtime = [nodeBinary, ...kafkaStages, pythonVenv, javascriptPackages]
const builds = (pages) => [prismaClient, emptyDatabase, roomPrograms, installation, programs, ...(pages ? [site] : [])]
const database = (data) => (data === null ? [] : [migrations(resolve(ROOT, data))])

const DISK_PROBLEMS = {
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'the disk quota of this user is used up',
  EROFS: 'cannot write to a read-only file system',
  EACCES: 'not allowed to write (files of another user, perhaps made by root?)',
}

/** Runs a script's main part; a failure that a person can act on is one line and exit status 1. */
export async function main(name, run) {
  try {
    await run()
  } catch (error) {
    const disk = DISK_PROBLEMS[error.code]
    if (!(error instanceof SetupError) && !disk) throw error
    process.stderr.write(`${name}: ${disk ? `${disk}: ${error.path ?? error.message}` : error.message}\n`)
    process.exit(1)
  }
}
