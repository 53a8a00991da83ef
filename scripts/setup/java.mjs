/** Which JDK to use. Kafka 4.3 runs on 17 to 25. */
import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { readIfThere } from './files.mjs'
import { reachable } from './places.mjs'
import { SetupError } from './stage.mjs'

const OLDEST = 17
/** The newest that Kafka 4.3.1 is tested with. */
const NEWEST = 25

/** @returns {{ home: string, version: number, full: string, compiles: boolean } | null} from the JDK's own release file */
function examine(home) {
  const release = readIfThere(join(home, 'release'))
  const full = release?.match(/^JAVA_VERSION="([^"]+)"/m)?.[1]
  if (!release || !full || !existsSync(join(home, 'bin/java'))) return null
  const [first, second] = full.split('.')
  const version = Number(first === '1' ? second : first)
  return { home: realpathSync(home), version, full, compiles: existsSync(join(home, 'bin/javac')) }
}

/**
 * @param {Record<string, string | undefined>} environment
 * @param {string} folder where the system has its JDKs
 * @returns the JDK, or null where none is installed (then one is)
 * @throws SetupError where JAVA_HOME names one that does not do
 */
export function findJava(environment = process.env, folder = '/usr/lib/jvm') {
  if (environment.JAVA_HOME) {
    const java = examine(environment.JAVA_HOME)
    const says = `JAVA_HOME=${environment.JAVA_HOME}`
    if (!java) throw new SetupError(`${says} is not a JDK: set it to one of Java ${OLDEST} to ${NEWEST}, or unset it`)
    if (java.version < OLDEST) {
      throw new SetupError(
        `${says} is Java ${java.full}, too old: Kafka 4 needs ${OLDEST} or newer; or unset JAVA_HOME`,
      )
    }
    if (!java.compiles) throw new SetupError(`${says} has no javac: set it to a JDK, not a runtime alone`)
    if (!reachable(java.home))
      throw new SetupError(`${says} cannot be read by the rooms' user: install a JDK in /usr/lib/jvm`)
    return java
  }
  const homes = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []
  for (const place of (environment.PATH ?? '').split(delimiter)) {
    if (existsSync(join(place, 'java'))) homes.push(dirname(dirname(realpathSync(join(place, 'java')))))
  }
  return (
    homes
      .map(examine)
      .filter((java) => java?.compiles && java.version >= OLDEST && java.version <= NEWEST && reachable(java.home))
      .sort((a, b) => b.version - a.version || a.home.localeCompare(b.home))[0] ?? null
  )
}
