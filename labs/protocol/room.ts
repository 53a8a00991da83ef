/**
 * Gateway ↔ switch, over the room's unix socket, one JSON object a line. The switch believes the gateway; the gateway
 * validates every line of the switch with `fromSwitch`. A message with `call` is answered by one `reply` with the same
 * number.
 */
import { z } from 'zod'
import { filePath } from './files.ts'
import { logPage, logRange } from './log.ts'
import { fault, metadataRecord, need, observation } from './observation.ts'

/** Last byte of the address of what measures availability, in a network namespace of its own. No host has it. */
export const PROBE_ADDRESS = 9

/** of which the first is the one that is used */
export const kafkaVersions = z.array(z.string().regex(/^\d+\.\d+\.\d+$/, 'a version, as 3.9.2')).min(1)

export const roomHost = z.object({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/),
  /** Last byte of its address in 192.0.2.0/24; 1 is the room itself. */
  address: z.number().int().min(2).max(250),
  /** the Kafkas on it, by version; the first is the one that /opt/kafka leads to. Left out: the current one. */
  kafka: kafkaVersions.optional(),
})
export type RoomHost = z.infer<typeof roomHost>

/** A Kafka node that the lab declares: buttons act on it, and it may run from the start. */
export const roomNode = z.object({
  host: z.string(),
  /** the lab's name for the cluster */
  cluster: z.string(),
  id: z.number().int().nonnegative(),
  roles: z.array(z.enum(['broker', 'controller', 'zookeeper'])).min(1),
  /** its configuration, an absolute path on the host; laid there by the plan's files */
  properties: z.string().startsWith('/'),
  /** where its data is, as that configuration says; laid there by the plan's files where it is formatted */
  logDirectories: z.array(z.string().startsWith('/')).min(1),
  /** started with the room */
  running: z.boolean(),
})
export type RoomNode = z.infer<typeof roomNode>

/** All that a room needs to know to exist; written by the gateway, read by the switch at its start. */
export const roomPlan = z.object({
  id: z.string(),
  hosts: z.array(roomHost).min(1).max(8),
  /** Files laid into a host before its first shell: absolute path, text. */
  files: z.array(
    z.object({
      host: z.string(),
      path: z.string().startsWith('/'),
      text: z.string(),
      encoding: z.enum(['utf8', 'base64']).default('utf8'),
    }),
  ),
  nodes: z.array(roomNode).default([]),
  /** the cluster whose availability is measured all the time; null for none */
  probe: z.string().nullable().default(null),
  /** Text the shell shows first, a line or two; empty for none. */
  welcome: z.string().default(''),
})
/** What may be left out has a default. */
export type RoomPlan = z.input<typeof roomPlan>

const terminalSize = { cols: z.number().int().min(2).max(500), rows: z.number().int().min(1).max(300) }

export const terminal = z.object({
  id: z.string(),
  host: z.string(),
  title: z.string(),
  /** At a marked shell prompt: a command may be typed here on the learner's behalf. */
  atPrompt: z.boolean(),
  /** null while it lives, else why it ended */
  ended: z.string().nullable(),
})
export type Terminal = z.infer<typeof terminal>

const call = z.number().int()

export const toSwitch = z.discriminatedUnion('type', [
  /** First message. The switch answers with `welcome`, then resends observations numbered above `seen`. */
  z.object({ type: z.literal('hello'), seen: z.number().int() }),
  /** Observations up to this number are in the history on disk and may be forgotten. */
  z.object({ type: z.literal('seen'), number: z.number().int() }),
  /** Replaces the set of needs to be observed. */
  z.object({ type: z.literal('needs'), needs: z.array(need) }),
  z.object({ type: z.literal('terminal.open'), call, host: z.string(), ...terminalSize }),
  z.object({ type: z.literal('terminal.close'), terminal: z.string() }),
  z.object({ type: z.literal('terminal.input'), terminal: z.string(), data: z.string() }),
  /** Type a command at a marked prompt: in `preferred` if it is at one, else in another terminal of the host that is,
   *  else in a new one. Replies with the terminal's id. */
  z.object({
    type: z.literal('terminal.run'),
    call,
    host: z.string(),
    preferred: z.string().nullable(),
    command: z.string(),
    ...terminalSize,
  }),
  /** A viewer is one browser tab looking at one terminal; it gets a screen first, then numbered output. */
  z.object({
    type: z.literal('viewer.attach'),
    viewer: z.string(),
    terminal: z.string(),
    visible: z.boolean(),
    /** only reads along: the terminal keeps its size, and does not wait for this viewer */
    watches: z.boolean(),
    ...terminalSize,
  }),
  z.object({ type: z.literal('viewer.detach'), viewer: z.string() }),
  /** The viewer has drawn this many more characters of output (UTF-16 units) since its last screen. */
  z.object({ type: z.literal('viewer.acknowledge'), viewer: z.string(), chars: z.number().int() }),
  z.object({ type: z.literal('viewer.visible'), viewer: z.string(), visible: z.boolean() }),
  /** The focused viewer's size becomes the terminal's. */
  z.object({ type: z.literal('viewer.resize'), viewer: z.string(), ...terminalSize }),
  /** A process without a terminal, as a login shell would run it; output comes as `process.output`. */
  z.object({
    type: z.literal('process.start'),
    call,
    process: z.string(),
    host: z.string(),
    argv: z.array(z.string()).min(1),
    /** with a pseudo-terminal of this size, or pipes */
    tty: z.object(terminalSize).nullable(),
  }),
  z.object({
    type: z.literal('process.input'),
    process: z.string(),
    data: z.base64(),
    end: z.boolean().default(false),
  }),
  z.object({ type: z.literal('process.signal'), process: z.string(), signal: z.string() }),
  /** Replies once it is done, and with ALREADY_SO where there was nothing to do. Seen as `fault` and what follows. */
  z.object({ type: z.literal('fault'), call, fault, by: z.enum(['learner', 'instructor', 'lab']) }),
  /** Part of a host's metadata log; answered by `log.page`, or by `reply` with an error. */
  z.object({ type: z.literal('log.read'), call, host: z.string(), range: logRange }),
  /**
   * The records of a snapshot's file and, where `after`, of the committed log behind it, from the host's files; answered
   * by `log.records` in order, the last with `end`, or by `reply` with an error.
   */
  z.object({ type: z.literal('log.snapshot'), call, host: z.string(), file: z.string(), after: z.boolean() }),
  /**
   * The regular files below a host's directory. Replies with their contents, base64, by path below it; with an error where
   * there are more, or they are larger together.
   */
  z.object({
    type: z.literal('directory.read'),
    call,
    host: z.string(),
    path: z.string().startsWith('/'),
    maxFiles: z.number().int().positive(),
    maxBytes: z.number().int().positive(),
  }),
  /** What is in a host's directory, no link followed. Replies with `listing`, JSON of a directoryListing (files.ts). */
  z.object({
    type: z.literal('directory.list'),
    call,
    host: z.string(),
    path: z.string().startsWith('/'),
    maxEntries: z.number().int().positive(),
    maxDepth: z.number().int().positive(),
  }),
  /**
   * A regular file below a host's directory to which no link leads. Replies with `bytes`, its size, `modified`, ms since
   * 1970, and at most so much of it as `base64`; with nothing where there is none, with an error where it is none.
   */
  z.object({
    type: z.literal('directory.file'),
    call,
    host: z.string(),
    path: z.string().startsWith('/'),
    file: filePath,
    maxBytes: z.number().int().positive(),
  }),
  /** End the room and everything in it. */
  z.object({ type: z.literal('end') }),
])
export type ToSwitch = z.infer<typeof toSwitch>

export const fromSwitch = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('welcome'),
    room: z.string(),
    hosts: z.array(z.string()),
    terminals: z.array(terminal),
    /** the lowest observation number still held; above `seen + 1` means a gap */
    oldest: z.number().int(),
  }),
  z.object({
    type: z.literal('observed'),
    number: z.number().int(),
    at: z.number(),
    mono: z.number(),
    observation,
  }),
  z.object({ type: z.literal('terminals'), terminals: z.array(terminal) }),
  /** A fresh screen: clear, resize to cols × rows, then write `data`. */
  z.object({ type: z.literal('viewer.screen'), viewer: z.string(), data: z.string(), ...terminalSize }),
  z.object({ type: z.literal('viewer.output'), viewer: z.string(), data: z.string() }),
  /** The terminal's size changed through another viewer. */
  z.object({ type: z.literal('viewer.resized'), viewer: z.string(), ...terminalSize }),
  z.object({
    type: z.literal('process.output'),
    process: z.string(),
    stream: z.enum(['stdout', 'stderr']),
    data: z.base64(),
  }),
  /** status: exit status, 128+n for a signal */
  z.object({ type: z.literal('process.exit'), process: z.string(), status: z.number().int() }),
  z.object({ type: z.literal('log.page'), call, page: logPage }),
  z.object({
    type: z.literal('log.records'),
    call,
    /** of the snapshot (`from` snapshot: their offsets count within the file), then of the log */
    from: z.enum(['snapshot', 'log']),
    records: z.array(metadataRecord),
    /** what could not be read, in a sentence; empty where all was */
    says: z.string(),
    end: z.boolean(),
  }),
  z.object({
    type: z.literal('reply'),
    call,
    /** e.g. { terminal: 't1' } */
    result: z.record(z.string(), z.string()).optional(),
    error: z.object({ code: z.string(), message: z.string() }).optional(),
  }),
])
export type FromSwitch = z.infer<typeof fromSwitch>
