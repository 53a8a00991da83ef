/**
 * The Kafkas that rooms run: the current one, and older ones for labs about leaving ZooKeeper and about upgrades. Each has
 * a folder of its own below labs/kafka/distribution with what differs.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const KAFKA_VERSION = '4.3.1'
/** 3.9.2 is the last with ZooKeeper. */
export const OLDER_VERSIONS = ['4.1.2', '3.9.2']
/** Besides it: an agent for metrics, a remote storage. A set of jars of its own, handled as a version is. */
export const PLUGINS = `${KAFKA_VERSION}/plugins`
export const DISTRIBUTION = 'labs/kafka/distribution'
/** As in the distribution's own scripts: this one is a plugin, named in plugin.path by who wants it. */
const NOT_ON_CLASS_PATH = /^connect-file-/

/** What a version has of its own, or else as the current one has it; relative to root. */
export function partOf(root, version, name) {
  const own = join(DISTRIBUTION, version, name)
  return existsSync(join(root, own)) ? own : join(DISTRIBUTION, KAFKA_VERSION, name)
}

/** @returns {Map<string, string>} jar → SHA-256 */
export const sumsOf = (root, version) =>
  new Map(
    readFileSync(join(root, DISTRIBUTION, version, 'sha256sums'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/).reverse()),
  )

/** As a host has it. */
export const classPath = (root, version) =>
  [...sumsOf(root, version).keys()]
    .filter((jar) => !NOT_ON_CLASS_PATH.test(jar))
    .sort()
    .map((jar) => `/opt/kafka/libs/${jar}`)
    .join(':')

/** @returns {string[]} */
export const toolNames = (root, version = KAFKA_VERSION) =>
  readFileSync(join(root, DISTRIBUTION, version, 'tools'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(/\s+/)[0] ?? '')
