/** What rooms have of a Kafka: message schemas; the class-data archive; formatted disks; launcher, links and skeleton. */
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
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { filesBelow, hash, hashFiles, makeFolder } from './files.mjs'
import { kafkaJars, libsOf } from './kafka-jars.mjs'
import {
  classPath,
  DISTRIBUTION,
  KAFKA_VERSION,
  OLDER_VERSIONS,
  PLUGINS,
  partOf,
  sumsOf,
  toolNames,
} from './kafka-versions.mjs'
import { inSandbox } from './sandbox.mjs'
import { run, SetupError } from './stage.mjs'
import { zipEntries } from './zip.mjs'

/** JDK 24 and later warn of what Kafka's own jars do; a learner could do nothing about it. */
const jvmOptions = (java) =>
  java.version >= 24 ? ['--enable-native-access=ALL-UNNAMED', '--sun-misc-unsafe-memory-access=allow'] : []

const schemas = (context) =>
  join(context.cache, `kafka-schemas-${hash(libsOf(context, KAFKA_VERSION), SCHEMAS_VERSION)}`, 'schemas.json')
/** Raise when the files' shape changes. */
const SCHEMAS_VERSION = 2
const SCHEMA_ENTRY = /^(common\/)?(message|metadata)\/[^/]+\.json$/

const kafkaSchemas = {
  name: 'message schemas',
  done: (context) => existsSync(schemas(context)),
  make: (context) =>
    makeFolder(join(schemas(context), '..'), (temporary) => {
      const found = messageSchemas(libsOf(context, KAFKA_VERSION))
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
  const inputs = [libsOf(context, KAFKA_VERSION), home, full, modules.size, modules.mtimeMs]
  const script = hashFiles(context.root, [`${DISTRIBUTION}/train.sh`, configOf(context, KAFKA_VERSION)])
  return join(context.cache, `kafka-archive-${hash(...inputs.map(String), script)}`)
}

const kafkaArchive = {
  name: 'class-data archive',
  bytes: 200 * 1024 ** 2,
  done: (context) => existsSync(archive(context)),
  make: (context) =>
    makeFolder(archive(context), async (temporary) => {
      const out = join(temporary, 'out')
      mkdirSync(out)
      if (context.roomUser) chownSync(out, context.roomUser.uid, context.roomUser.gid)
      // copied: the clone itself may be where rooms cannot look
      mkdirSync(join(temporary, 'kafka/libs'), { recursive: true })
      copyFileSync(join(context.root, DISTRIBUTION, 'train.sh'), join(temporary, 'kafka/train.sh'))
      for (const name of ['config', 'skeleton'])
        cpSync(join(context.root, partOf(context.root, KAFKA_VERSION, name)), join(temporary, 'kafka', name), {
          recursive: true,
        })
      const binds = [
        '--ro-bind',
        join(temporary, 'kafka'),
        '/opt/kafka',
        '--ro-bind',
        libsOf(context, KAFKA_VERSION),
        '/opt/kafka/libs',
      ]
      const argv = inSandbox(
        context,
        [...binds, '--bind', out, '/out'],
        ['/opt/kafka/train.sh', classPath(context.root, KAFKA_VERSION), ...jvmOptions(context.java)],
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

const configOf = (context, version) => partOf(context.root, version, 'config')
const skeletonOf = (context, version) => partOf(context.root, version, 'skeleton')

/** A disk as the older Kafka's own tool formats it; the current one's comes with the archive. */
const template = (context, version) =>
  join(context.cache, `kafka-formatted-${version}-${hash(libsOf(context, version), context.java.full)}`)

const formattedDisk = (version) => ({
  name: `disk of Kafka ${version}`,
  done: (context) => existsSync(template(context, version)),
  make: (context) =>
    makeFolder(template(context, version), async (temporary) => {
      const [out, configuration] = [join(temporary, 'formatted'), join(temporary, 'node.properties')]
      mkdirSync(out)
      if (context.roomUser) chownSync(out, context.roomUser.uid, context.roomUser.gid)
      writeFileSync(configuration, FORMATTED_NODE)
      const binds = [
        ...['--ro-bind', libsOf(context, version), '/opt/kafka/libs', '--bind', out, '/out'],
        ...['--ro-bind', configuration, '/node.properties'],
      ]
      const tool = ['kafka.tools.StorageTool', 'format', '--standalone', '--config', '/node.properties']
      const argv = ['/opt/java/bin/java', '-Xmx128m', '-cp', '/opt/kafka/libs/*', ...tool, '--cluster-id', SOME_ID]
      await run(context, `format-${version}`, inSandbox(context, binds, argv), {
        cwd: '/',
        timeoutMs: FORMAT_MS,
        fails: `could not format a disk with Kafka ${version}`,
      })
      rmSync(configuration)
    }),
})
const FORMAT_MS = 60_000
/** Replaced by each cluster's own. */
const SOME_ID = 'AAAAAAAAAAAAAAAAAAAAAQ'
const FORMATTED_NODE = `process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=localhost:9093
listeners=PLAINTEXT://:9092,CONTROLLER://:9093
advertised.listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs=/out
`

const isCurrent = (version) => version === KAFKA_VERSION

function home(context, version) {
  const made = isCurrent(version) ? archive(context) : template(context, version)
  const sources = [
    ...['launcher', 'completion.bash', 'skeleton', version].map((name) => `${DISTRIBUTION}/${name}`),
    ...[configOf(context, version), skeletonOf(context, version), 'scripts/setup/kafka.mjs'],
  ]
  const libs = [version, ...(isCurrent(version) ? [PLUGINS] : [])].map((one) => libsOf(context, one))
  const inputs = [...libs, made, ...jvmOptions(context.java), ...filesBelow(context.root, sources)]
  return join(context.cache, `kafka-${version}-${hash(...inputs, hashFiles(context.root, sources))}`)
}

const kafkaHome = (version) => ({
  name: `launcher and skeleton of Kafka ${version}`,
  done: (context) => existsSync(home(context, version)) && libsLinked(context, version),
  make: (context) => {
    const place = home(context, version)
    if (existsSync(place)) {
      const broken = `${place}.${process.pid}.broken`
      renameSync(place, broken)
      rmSync(broken, { recursive: true, force: true })
    }
    return makeFolder(place, (temporary) => fillHome(context, version, temporary))
  },
})

/** After a repair of the jars, the home must have the new ones. */
function libsLinked(context, version) {
  const isLinked = (set, folder, nameOf) => {
    const [jar] = sumsOf(context.root, set).keys()
    const inHome = statSync(join(home(context, version), folder, nameOf(jar)), { throwIfNoEntry: false })
    return inHome?.ino === statSync(join(libsOf(context, set), jar)).ino
  }
  return isLinked(version, 'libs', (jar) => jar) && (!isCurrent(version) || isLinked(PLUGINS, 'plugins', pluginName))
}

/** Without its version, so that commands in lessons stay as they are. */
const pluginName = (jar) => jar.replace(/-\d[\d.]*\d/, '')

function fillHome(context, version, folder) {
  const { root } = context
  const source = join(root, DISTRIBUTION)
  mkdirSync(join(folder, 'libs'))
  // the same bytes on the disk once, and real files where only this folder is bound
  const libs = libsOf(context, version)
  for (const jar of readdirSync(libs)) linkSync(join(libs, jar), join(folder, 'libs', jar))
  if (isCurrent(version)) {
    const plugins = libsOf(context, PLUGINS)
    mkdirSync(join(folder, 'plugins'))
    for (const jar of readdirSync(plugins)) linkSync(join(plugins, jar), join(folder, 'plugins', pluginName(jar)))
  }
  mkdirSync(join(folder, 'bin'))
  copyFileSync(join(source, 'launcher'), join(folder, 'bin/launcher'))
  chmodSync(join(folder, 'bin/launcher'), 0o755)
  const tools = toolNames(root, version)
  for (const name of tools) {
    symlinkSync('launcher', join(folder, 'bin', name))
    symlinkSync('launcher', join(folder, 'bin', `${name}.sh`))
  }
  copyFileSync(join(source, version, 'tools'), join(folder, 'tools'))
  writeFileSync(join(folder, 'classpath'), `${classPath(root, version)}\n`)
  writeFileSync(join(folder, 'jvm-options'), `${jvmOptions(context.java).join(' ')}\n`)
  cpSync(join(root, configOf(context, version)), join(folder, 'config'), { recursive: true })
  writeFileSync(join(folder, 'completion.bash'), completion(root, version, tools))
  cpSync(join(source, 'skeleton'), join(folder, 'skeleton'), { recursive: true })
  cpSync(join(root, skeletonOf(context, version)), join(folder, 'skeleton'), { recursive: true })
  const learner = join(folder, 'skeleton/kafka')
  for (const name of readdirSync(join(folder, 'config')))
    copyFileSync(join(folder, 'config', name), join(learner, 'config', name))
  symlinkSync('/opt/kafka/bin', join(learner, 'bin'))
  symlinkSync('/opt/kafka/libs', join(learner, 'libs'))
  const disk = isCurrent(version) ? archive(context) : template(context, version)
  cpSync(join(disk, 'formatted'), join(folder, 'formatted'), { recursive: true })
  if (isCurrent(version)) linkSync(join(archive(context), 'kafka.jsa'), join(folder, 'kafka.jsa'))
}

/** Of an older Kafka the names of the tools alone are completed: options are known of the current one's. */
function completion(root, version, tools) {
  const source = join(root, DISTRIBUTION)
  const functions = readFileSync(join(source, 'completion.bash'), 'utf8')
  const options = isCurrent(version) ? readFileSync(join(source, version, 'options.bash'), 'utf8') : ''
  const complete = `complete -F __kafka_complete ${tools.flatMap((name) => [name, `${name}.sh`]).join(' ')}\n`
  return `${functions}\n${options}\n${complete}`
}

/** All of the current Kafka, then the older ones. */
export const kafkaStages = [
  kafkaJars(KAFKA_VERSION),
  kafkaJars(PLUGINS, `plugins of Kafka ${KAFKA_VERSION}`),
  kafkaSchemas,
  kafkaArchive,
  kafkaHome(KAFKA_VERSION),
  ...OLDER_VERSIONS.flatMap((version) => [kafkaJars(version), formattedDisk(version), kafkaHome(version)]),
]

export const kafkaInstallation = (context) => ({
  version: KAFKA_VERSION,
  home: home(context, KAFKA_VERSION),
  schemas: schemas(context),
  archive: join(home(context, KAFKA_VERSION), 'kafka.jsa'),
  older: Object.fromEntries(OLDER_VERSIONS.map((version) => [version, home(context, version)])),
})
