/** The Kafka runtime: jars by Maven, checked; message schemas; the class-data archive; launcher, links and skeleton. */
import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { filesBelow, hash, hashFiles, makeFolder } from './files.mjs'
import { inSandbox } from './sandbox.mjs'
import { run, SetupError } from './stage.mjs'
import { zipEntries } from './zip.mjs'

export const KAFKA_VERSION = '4.3.1'
export const DISTRIBUTION = 'labs/kafka/distribution'
const MAVEN_MS = 10 * 60_000
/** An archive notes the time of each jar; with a fixed one, the same jars fetched again still fit it. */
const JAR_TIME = new Date('2026-01-01T00:00:00Z')
/** As in the distribution's own scripts: this one is a plugin, named in plugin.path by who wants it. */
const NOT_ON_CLASS_PATH = /^connect-file-/

/** JDK 24 and later warn of what Kafka's own jars do; a learner could do nothing about it. */
const jvmOptions = (java) =>
  java.version >= 24 ? ['--enable-native-access=ALL-UNNAMED', '--sun-misc-unsafe-memory-access=allow'] : []

const sums = (root) =>
  new Map(
    readFileSync(join(root, DISTRIBUTION, 'sha256sums'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/).reverse()),
  )

export const classPath = (root) =>
  [...sums(root).keys()]
    .filter((jar) => !NOT_ON_CLASS_PATH.test(jar))
    .sort()
    .map((jar) => `/opt/kafka/libs/${jar}`)
    .join(':')

/** @returns {{ jar: string, says: string }[]} what is wrong with the jars of a folder */
export function jarProblems(root, folder) {
  const expected = sums(root)
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
      problems.push({ jar, says: `${jar} is corrupt: its SHA-256 is not the one in ${DISTRIBUTION}/sha256sums` })
    }
  }
  return problems
}

const libs = (context) =>
  join(
    context.cache,
    `kafka-libs-${hashFiles(context.root, [`${DISTRIBUTION}/pom.xml`, `${DISTRIBUTION}/sha256sums`])}`,
  )

/** Cheap enough for each start: the right names, none empty or cut short by a full disk since. */
function libsWhole(context) {
  const folder = libs(context)
  if (!existsSync(folder)) return false
  const names = readdirSync(folder)
  return (
    names.length === sums(context.root).size &&
    names.every((name) => {
      const info = statSync(join(folder, name))
      return info.size > 0 && info.mtimeMs === JAR_TIME.getTime()
    })
  )
}

export const kafkaJars = {
  name: `Kafka ${KAFKA_VERSION} runtime`,
  bytes: 200 * 1024 ** 2,
  done: libsWhole,
  make: async (context) => {
    const folder = libs(context)
    if (existsSync(folder)) {
      // touched since it was made: whatever rooms still use keeps its files until they end
      renameSync(folder, `${folder}.${process.pid}.broken`)
      rmSync(`${folder}.${process.pid}.broken`, { recursive: true, force: true })
    }
    await makeFolder(folder, async (temporary) => {
      await fetchJars(context, temporary)
      let problems = jarProblems(context.root, temporary)
      if (problems.length > 0) {
        // once more, with what Maven keeps of these forgotten
        for (const { jar } of problems) forget(jar)
        rmSync(temporary, { recursive: true })
        mkdirSync(temporary)
        await fetchJars(context, temporary)
        problems = jarProblems(context.root, temporary)
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
}

const fetchJars = (context, folder) =>
  run(
    context,
    'maven',
    [
      ...['mvn', '-q', '-B', '-f', join(context.root, DISTRIBUTION, 'pom.xml')],
      ...['dependency:copy-dependencies', `-DoutputDirectory=${folder}`],
    ],
    {
      env: { ...process.env, JAVA_HOME: context.java.home },
      timeoutMs: MAVEN_MS,
      fails: 'Maven could not fetch the Kafka runtime: is Maven Central reachable?',
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

const schemas = (context) =>
  join(context.cache, `kafka-schemas-${hash(libs(context), SCHEMAS_VERSION)}`, 'schemas.json')
/** Raise when the files' shape changes. */
const SCHEMAS_VERSION = 2
const SCHEMA_ENTRY = /^(common\/)?(message|metadata)\/[^/]+\.json$/

export const kafkaSchemas = {
  name: 'message schemas',
  done: (context) => existsSync(schemas(context)),
  make: (context) =>
    makeFolder(join(schemas(context), '..'), (temporary) => {
      const found = messageSchemas(libs(context))
      writeFileSync(join(temporary, 'schemas.json'), JSON.stringify(found))
      // a fifth of them, for `metadata dump`, which is to start at once
      writeFileSync(join(temporary, 'records.json'), JSON.stringify({ ...found, requests: {} }))
    }),
}

/**
 * Kafka's own definitions of its messages, from its jars, keyed by message name: requests and responses, and records.
 * @param {string} folder of the jars
 */
export function messageSchemas(folder) {
  const found = { requests: {}, records: {} }
  for (const jar of readdirSync(folder).filter((name) => name.startsWith('kafka'))) {
    for (const entry of zipEntries(join(folder, jar))) {
      if (!SCHEMA_ENTRY.test(entry.name)) continue
      const schema = JSON.parse(withoutComments(entry.read().toString('utf8')))
      const kind = ['request', 'response', 'header'].includes(schema.type) ? found.requests : found.records
      if (kind[schema.name]) throw new SetupError(`two message schemas are named ${schema.name}`)
      kind[schema.name] = schema
    }
  }
  return found
}

/** Kafka's JSON has comments, on lines of their own and after values; no string in it holds two slashes. */
const withoutComments = (text) => text.replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*/g, (_, string) => string ?? '')

function archive(context) {
  const { home, full } = context.java
  const modules = statSync(join(home, 'lib/modules'))
  const inputs = [libs(context), home, full, modules.size, modules.mtimeMs]
  const script = hashFiles(context.root, [`${DISTRIBUTION}/train.sh`, `${DISTRIBUTION}/config`])
  return join(context.cache, `kafka-archive-${hash(...inputs.map(String), script)}`)
}

export const kafkaArchive = {
  name: 'class-data archive',
  bytes: 200 * 1024 ** 2,
  done: (context) => existsSync(archive(context)),
  make: (context) =>
    makeFolder(archive(context), async (temporary) => {
      const out = join(temporary, 'out')
      mkdirSync(out)
      if (context.roomUser) chownSync(out, context.roomUser.uid, context.roomUser.gid)
      // copied: the clone itself may be where rooms cannot look
      cpSync(join(context.root, DISTRIBUTION), join(temporary, 'kafka'), { recursive: true })
      mkdirSync(join(temporary, 'kafka/libs'))
      const binds = ['--ro-bind', join(temporary, 'kafka'), '/opt/kafka', '--ro-bind', libs(context), '/opt/kafka/libs']
      const argv = inSandbox(
        context,
        [...binds, '--bind', out, '/out'],
        ['/opt/kafka/train.sh', classPath(context.root), ...jvmOptions(context.java)],
      )
      await run(context, 'archive', argv, {
        cwd: '/',
        timeoutMs: ARCHIVE_MS,
        fails: 'could not make the class-data archive',
      })
      copyFileSync(join(out, 'kafka.jsa'), join(temporary, 'kafka.jsa'))
      cpSync(join(out, 'formatted'), join(temporary, 'formatted'), { recursive: true })
      for (const name of ['out', 'kafka']) rmSync(join(temporary, name), { recursive: true })
    }),
}
const ARCHIVE_MS = 5 * 60_000

/** @returns {string[]} */
export const toolNames = (root) =>
  readFileSync(join(root, DISTRIBUTION, 'tools'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(/\s+/)[0] ?? '')

function home(context) {
  const made = [
    libs(context),
    archive(context),
    ...jvmOptions(context.java),
    ...filesBelow(context.root, [DISTRIBUTION]),
  ]
  return join(
    context.cache,
    `kafka-${KAFKA_VERSION}-${hash(...made, hashFiles(context.root, [DISTRIBUTION, 'scripts/setup/kafka.mjs']))}`,
  )
}

export const kafkaHome = {
  name: 'launcher and skeleton',
  done: (context) => existsSync(home(context)) && libsLinked(context),
  make: (context) => {
    if (existsSync(home(context))) {
      const broken = `${home(context)}.${process.pid}.broken`
      renameSync(home(context), broken)
      rmSync(broken, { recursive: true, force: true })
    }
    return makeFolder(home(context), (temporary) => {
      fillHome(context, temporary)
      linkSync(join(archive(context), 'kafka.jsa'), join(temporary, 'kafka.jsa'))
      cpSync(join(archive(context), 'formatted'), join(temporary, 'formatted'), { recursive: true })
    })
  },
}

/** After a repair of the jars, the home must have the new ones. */
function libsLinked(context) {
  const [jar] = sums(context.root).keys()
  const inHome = statSync(join(home(context), 'libs', jar), { throwIfNoEntry: false })
  return inHome?.ino === statSync(join(libs(context), jar)).ino
}

function fillHome(context, folder) {
  const source = join(context.root, DISTRIBUTION)
  mkdirSync(join(folder, 'libs'))
  // the same bytes on the disk once, and real files where only this folder is bound
  for (const jar of readdirSync(libs(context))) linkSync(join(libs(context), jar), join(folder, 'libs', jar))
  mkdirSync(join(folder, 'bin'))
  copyFileSync(join(source, 'launcher'), join(folder, 'bin/launcher'))
  chmodSync(join(folder, 'bin/launcher'), 0o755)
  const tools = toolNames(context.root)
  for (const name of tools) {
    symlinkSync('launcher', join(folder, 'bin', name))
    symlinkSync('launcher', join(folder, 'bin', `${name}.sh`))
  }
  copyFileSync(join(source, 'tools'), join(folder, 'tools'))
  writeFileSync(join(folder, 'classpath'), `${classPath(context.root)}\n`)
  writeFileSync(join(folder, 'jvm-options'), `${jvmOptions(context.java).join(' ')}\n`)
  cpSync(join(source, 'config'), join(folder, 'config'), { recursive: true })
  const complete = `complete -F __kafka_complete ${tools.flatMap((name) => [name, `${name}.sh`]).join(' ')}\n`
  const [functions, options] = ['completion', 'options'].map((name) =>
    readFileSync(join(source, `${name}.bash`), 'utf8'),
  )
  writeFileSync(join(folder, 'completion.bash'), `${functions}\n${options}\n${complete}`)
  cpSync(join(source, 'skeleton'), join(folder, 'skeleton'), { recursive: true })
  const learner = join(folder, 'skeleton/kafka')
  for (const name of readdirSync(join(source, 'config'))) {
    copyFileSync(join(source, 'config', name), join(learner, 'config', name))
  }
  symlinkSync('/opt/kafka/bin', join(learner, 'bin'))
  symlinkSync('/opt/kafka/libs', join(learner, 'libs'))
}

export const kafkaInstallation = (context) => ({
  version: KAFKA_VERSION,
  home: home(context),
  schemas: schemas(context),
  archive: join(home(context), 'kafka.jsa'),
})
