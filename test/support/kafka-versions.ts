/** Kafkas of several versions: the installed one; others come by Maven and stay in the cache folder. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Schemas } from '#labs/kafka/codec/schemas.ts'
import { hash, makeFolder } from '../../scripts/setup/files.mjs'
import { messageSchemas } from '../../scripts/setup/kafka.mjs'
import { run } from '../../scripts/setup/stage.mjs'
import { schemas } from './batches.ts'
import { installation, installedKafka, type KafkaProgram } from './kafka-node.ts'

export type KafkaVersion = { version: string; program: KafkaProgram; schemas: Schemas }

export const INSTALLED: KafkaVersion = { version: installation.kafka.version, program: installedKafka, schemas }

/** The newest of each line before the installed one; the last of Kafka 3, too. */
export const OTHER_VERSIONS = ['4.2.1', '4.1.2', '3.9.2'] as const
/** 50 MB the first time. */
export const FETCH_LIMIT_MS = 5 * 60_000
const LOG4J_VERSION = '2.25.3'
/** Before Kafka 4.3; all in the jar of kafka_2.13. */
const MAIN_CLASSES: Record<string, string> = {
  'kafka-dump-log': 'kafka.tools.DumpLogSegments',
  'kafka-storage': 'kafka.tools.StorageTool',
}

const dependency = (group: string, artifact: string, version: string, more = ''): string =>
  `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>${more}</dependency>`
const without = (group: string, artifact: string): string =>
  `<exclusion><groupId>${group}</groupId><artifactId>${artifact}</artifactId></exclusion>`

/** Node and tools, with the logging of Kafka 4 in place of Kafka 3's. */
const pomOf = (version: string): string => `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>kraftlab</groupId><artifactId>kafka-of-tests</artifactId><version>${version}</version><packaging>pom</packaging>
  <dependencies>
    ${dependency('org.apache.kafka', 'kafka_2.13', version, `<exclusions>${without('org.slf4j', 'slf4j-reload4j')}${without('ch.qos.reload4j', 'reload4j')}</exclusions>`)}
    ${['log4j-core', 'log4j-slf4j-impl', 'log4j-1.2-api'].map((artifact) => dependency('org.apache.logging.log4j', artifact, LOG4J_VERSION)).join('\n    ')}
  </dependencies>
</project>
`

/** Fetches it where it is not there yet, within FETCH_LIMIT_MS. */
export async function kafkaOf(version: string): Promise<KafkaVersion> {
  if (version === INSTALLED.version) return INSTALLED
  const pom = pomOf(version)
  const folder = join(installation.cache, `kafka-of-tests-${version}-${hash(pom)}`)
  if (!existsSync(folder))
    await makeFolder(folder, async (temporary) => {
      const [file, libs] = [join(temporary, 'pom.xml'), join(temporary, 'libs')]
      writeFileSync(file, pom)
      const argv = ['mvn', '-q', '-B', '-f', file, 'dependency:copy-dependencies', `-DoutputDirectory=${libs}`]
      const env = { ...process.env, JAVA_HOME: installation.java.home }
      await run(installation, `maven-${version}`, argv, { env, timeoutMs: FETCH_LIMIT_MS })
      writeFileSync(join(temporary, 'schemas.json'), JSON.stringify(messageSchemas(libs)))
    })
  return {
    version,
    program: { classPath: join(folder, 'libs/*'), mainClass },
    schemas: Schemas.load(join(folder, 'schemas.json')),
  }
}

function mainClass(tool: string): string {
  const found = MAIN_CLASSES[tool]
  if (!found) throw new Error(`no tool ${tool}`)
  return found
}

const numbers = (version: string): number[] => version.split('.').map(Number)

/** `4.3.1` is newer than `4.3` and `4.2.9`. */
export function newerThan(version: string, than: string): boolean {
  const [own, other] = [numbers(version), numbers(than)]
  for (const [at, number] of own.entries()) if (number !== (other[at] ?? -1)) return number > (other[at] ?? -1)
  return false
}
