/** The jars of a Kafka: by Maven, each checked against the sums in this repository. */
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { hashFiles, makeFolder } from './files.mjs'
import { DISTRIBUTION, KAFKA_VERSION, sumsOf } from './kafka-versions.mjs'
import { run, SetupError } from './stage.mjs'

const MAVEN_MS = 10 * 60_000
/** An archive notes the time of each jar; with a fixed one, the same jars fetched again still fit it. */
const JAR_TIME = new Date('2026-01-01T00:00:00Z')

/** @returns {{ jar: string, says: string }[]} what is wrong with the jars of a folder */
export function jarProblems(root, folder, version = KAFKA_VERSION) {
  const expected = sumsOf(root, version)
  const there = new Set(existsSync(folder) ? readdirSync(folder) : [])
  const problems = [...there]
    .filter((jar) => !expected.has(jar))
    .map((jar) => ({ jar, says: `${jar} was not expected` }))
  for (const [jar, sum] of expected) {
    if (!there.has(jar)) problems.push({ jar, says: `${jar} is missing` })
    else if (
      createHash('sha256')
        .update(readFileSync(join(folder, jar)))
        .digest('hex') !== sum
    ) {
      const place = `${DISTRIBUTION}/${version}/sha256sums`
      problems.push({ jar, says: `${jar} is corrupt: its SHA-256 is not the one in ${place}` })
    }
  }
  return problems
}

/** The folder with a version's jars. */
export function libsOf({ root, cache }, version) {
  const made = hashFiles(
    root,
    ['pom.xml', 'sha256sums'].map((name) => `${DISTRIBUTION}/${version}/${name}`),
  )
  return join(cache, `kafka-libs-${version.replace('/', '-')}-${made}`)
}

/** Cheap enough for each start: the right names, none empty or cut short by a full disk since. */
function isWhole(context, version) {
  const folder = libsOf(context, version)
  if (!existsSync(folder)) return false
  const names = readdirSync(folder)
  return (
    names.length === sumsOf(context.root, version).size &&
    names.every((name) => {
      const info = statSync(join(folder, name))
      return info.size > 0 && info.mtimeMs === JAR_TIME.getTime()
    })
  )
}

export const kafkaJars = (version, name = `Kafka ${version} runtime`) => ({
  name,
  bytes: 200 * 1024 ** 2,
  done: (context) => isWhole(context, version),
  make: async (context) => {
    const folder = libsOf(context, version)
    if (existsSync(folder)) {
      // touched since it was made: whatever rooms still use keeps its files until they end
      renameSync(folder, `${folder}.${process.pid}.broken`)
      rmSync(`${folder}.${process.pid}.broken`, { recursive: true, force: true })
    }
    await makeFolder(folder, async (temporary) => {
      await fetchJars(context, version, temporary)
      let problems = jarProblems(context.root, temporary, version)
      if (problems.length > 0) {
        // once more, with what Maven keeps of these forgotten
        for (const { jar } of problems) forget(jar)
        rmSync(temporary, { recursive: true })
        mkdirSync(temporary)
        await fetchJars(context, version, temporary)
        problems = jarProblems(context.root, temporary, version)
      }
      if (problems.length > 0) {
        throw new SetupError(`${problems[0].says}${problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''}`)
      }
      for (const name of readdirSync(temporary)) {
        chmodSync(join(temporary, name), 0o644)
        utimesSync(join(temporary, name), JAR_TIME, JAR_TIME)
      }
    })
  },
})

const fetchJars = (context, version, folder) =>
  run(
    context,
    `maven-${version.replace('/', '-')}`,
    [
      ...['mvn', '-q', '-B', '-f', join(context.root, DISTRIBUTION, version, 'pom.xml')],
      ...['dependency:copy-dependencies', `-DoutputDirectory=${folder}`],
    ],
    {
      env: { ...process.env, JAVA_HOME: context.java.home },
      timeoutMs: MAVEN_MS,
      fails: `Maven could not fetch the jars of Kafka ${version}: is Maven Central reachable?`,
    },
  )

/** Removes the version's folder of a jar from the local Maven repository. */
function forget(jar) {
  const repository = join(homedir(), '.m2/repository')
  if (!existsSync(repository)) return
  const match = jar.match(/^(.*)-(\d[^/]*)\.jar$/)
  if (!match) return
  const [, artifact, version] = match
  const walk = (folder, depth) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue
      const path = join(folder, entry.name)
      if (entry.name === artifact && existsSync(join(path, version))) rmSync(join(path, version), { recursive: true })
      else if (depth > 0) walk(path, depth - 1)
    }
  }
  walk(repository, 6)
}
