/** What set-up found and made on this machine: `dist/installation.json`, written by scripts/setup, read by all. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const installation = z.object({
  /** the clone */
  root: z.string(),
  /** content-addressed folders below; readable by the rooms' user */
  cache: z.string(),
  /** a Node binary that the rooms' user can read and run */
  node: z.string(),
  java: z.object({ home: z.string(), version: z.number().int() }),
  kafka: z.object({
    version: z.string(),
    /** libs/ (jars), bin/ (launcher and a link a tool), skeleton/ (what lies in a learner's ~), formatted/ (a disk) */
    home: z.string(),
    /** one JSON file with all message schemas: { requests: {...}, records: {...} } */
    schemas: z.string(),
    /** class-data archive, made for the paths /opt/java and /opt/kafka */
    archive: z.string(),
    /** homes of older versions, by version: as `home`, without an archive */
    older: z.record(z.string(), z.string()),
  }),
  /** a venv with confluent-kafka, bound as /opt/python */
  python: z.string(),
  /** has node_modules with @platformatic/kafka, bound as /opt/javascript */
  javascript: z.string(),
  /** switch.mjs, spawner.mjs, seccomp.bpf, node_modules/node-pty, bound as /opt/room */
  room: z.string(),
  /** as root: the uid and gid that rooms are dropped to; as a user: null */
  roomUser: z.object({ uid: z.number().int(), gid: z.number().int() }).nullable(),
})
export type Installation = z.infer<typeof installation>

/** Homes of all Kafkas that rooms can have, by version. */
export const kafkaHomes = ({ kafka }: Pick<Installation, 'kafka'>): Record<string, string> => ({
  ...kafka.older,
  [kafka.version]: kafka.home,
})

/** @throws Error with one line if set-up has not been run or its result is of another version */
export function readInstallation(root: string): Installation {
  const path = join(root, 'dist', 'installation.json')
  try {
    return installation.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    throw new Error(`${path} is missing or out of date: run "npm run setup"`, { cause: error })
  }
}
