/**
 * Browser ↔ gateway, JSON text frames on the WebSocket `/gateway/lab-sessions/:id/live`: the learner's own or, with
 * `?class=ID`, that of an instructor of a class of theirs; labs/gateway/may.ts says who may send what. Terminals and the
 * state share one socket. `state` is whole each time and conflated: a slow browser gets the newest, never a queue.
 */
import { z } from 'zod'
import { words } from './class.ts'
import { EDITOR_CAPS, fileHash, filePath, listAnswer, readAnswer, saveAnswer } from './files.ts'
import { commandChange, logPage, logRange, stateProof, stateSource, stateView, treeChange } from './log.ts'
import {
  activeProducer,
  fault,
  group,
  link,
  PROBE_KINDS,
  partitionFiles,
  replicaLog,
  requestMetrics,
  transaction,
} from './observation.ts'
import { terminal } from './room.ts'
import { TRIAL_PHASES, trialOutput } from './trial.ts'

const size = { cols: z.number().int().min(2).max(500), rows: z.number().int().min(1).max(300) }
/** One message of a browser; larger ones close the socket. */
export const MAX_INPUT_CHARS = 65_536

export const toGateway = z.discriminatedUnion('type', [
  z.object({ type: z.literal('terminal.open'), host: z.string(), ...size }),
  z.object({ type: z.literal('terminal.close'), terminal: z.string() }),
  /** Before anything else of that terminal: answered by `terminal.screen`. Again after a reconnect. */
  z.object({ type: z.literal('terminal.attach'), terminal: z.string(), visible: z.boolean(), ...size }),
  z.object({ type: z.literal('terminal.detach'), terminal: z.string() }),
  z.object({ type: z.literal('terminal.input'), terminal: z.string(), data: z.string().max(MAX_INPUT_CHARS) }),
  z.object({ type: z.literal('terminal.resize'), terminal: z.string(), ...size }),
  z.object({ type: z.literal('terminal.acknowledge'), terminal: z.string(), chars: z.number().int().nonnegative() }),
  z.object({ type: z.literal('terminal.visible'), terminal: z.string(), visible: z.boolean() }),
  /** Click to run. Answered by `ran` with the terminal it was typed into. */
  z.object({
    type: z.literal('terminal.run'),
    host: z.string(),
    preferred: z.string().nullable(),
    command: z.string().max(MAX_INPUT_CHARS),
    ...size,
  }),
  z.object({ type: z.literal('answer'), step: z.string(), given: z.string().max(1_000) }),
  /** Ask for the next hint of a check, level 1 to 3. */
  z.object({ type: z.literal('hint'), check: z.string(), level: z.number().int().min(1).max(3) }),
  /** The trial of a check, one at a time. Its end is in the state; refused with `error`. */
  z.object({ type: z.literal('try'), check: z.string() }),
  /** A button of the panel. Refused with `error`. */
  z.object({ type: z.literal('fault'), fault }),
  /** The cluster as it was then (ms since 1970); answered by `then`. Asked again before that, only the newest counts. */
  z.object({ type: z.literal('look'), at: z.number() }),
  /** The guess that a step wants before it begins. Given once. */
  z.object({ type: z.literal('predict'), step: z.string(), given: z.string().max(1_000) }),
  /** Part of a host's metadata log; answered by `log.page`. One at a time: asked again before that, the newest counts. */
  z.object({ type: z.literal('log.read'), host: z.string(), range: logRange }),
  /** The metadata as it is in a snapshot, or now; answered by `state.view`. */
  z.object({ type: z.literal('state.read'), source: stateSource }),
  /** Answered by `state.compared`. */
  z.object({ type: z.literal('state.compare'), before: stateSource, after: stateSource }),
  /** Whether a snapshot and the log after it are what was seen; answered by `state.proved`. */
  z.object({ type: z.literal('state.prove'), host: z.string(), file: z.string() }),
  /** Whether somebody looks at what the lab shows besides nodes and partitions: it is fetched meanwhile. */
  z.object({ type: z.literal('facts.look'), on: z.boolean() }),
  /** What a command of the timeline changed; answered by `change`. */
  z.object({ type: z.literal('change'), seq: z.number().int() }),
  /** What is in the directory of the lab's editor; answered by `files`. */
  z.object({ type: z.literal('files.list') }),
  /** One of its files; answered by `file`. */
  z.object({ type: z.literal('file.read'), path: filePath }),
  /**
   * Saves it with the learner's rights, where it is (still) what has the hash `was`; null: where there is none. Answered by
   * `file.saved`. Sent again it does no harm: what is there already is saved.
   */
  z.object({
    type: z.literal('file.save'),
    path: filePath,
    /** base64, since JSON may write a character as six */
    content: z.base64().max(4 * Math.ceil(EDITOR_CAPS.bytes / 3)),
    was: fileHash.nullable(),
  }),
  /** How a step is solved; answered by `solution`, or by an error while it is not offered (labs/engine/tried.ts). */
  z.object({ type: z.literal('solution'), step: z.string() }),
  /** Back to the beginning of a step: a fresh room in the same lab session, with the steps before it done by the solution. */
  z.object({ type: z.literal('step.reset'), step: z.string() }),
  /** Leaves the fresh room as far as the solution has come. */
  z.object({ type: z.literal('step.reset.cancel') }),
  /** Keeps an idle room alive. Sent on a learner's action at most once a minute. */
  z.object({ type: z.literal('active') }),
  /** "I need help", or no longer. */
  z.object({ type: z.literal('help'), wanted: z.boolean() }),
  /** Whether an instructor who watches may type. */
  z.object({ type: z.literal('watcher.allow'), watcher: z.string(), allowed: z.boolean() }),
  // An instructor's, from here on. Terminals can be attached while they watch.
  z.object({ type: z.literal('watch'), on: z.boolean() }),
  /** May I type? Answered by the learner: `watchers` of the state. */
  z.object({ type: z.literal('watch.ask') }),
  z.object({ type: z.literal('note'), step: z.string(), text: words }),
  /** The room stays for so long from now, whatever happens. */
  z.object({ type: z.literal('extend'), minutes: z.number().int().min(5).max(240) }),
  /** Ends the room and starts a fresh one of the lab for the learner; `room.next` of the state is the new lab session. */
  z.object({ type: z.literal('reset') }),
])
export type ToGateway = z.infer<typeof toGateway>

export const checkState = z.object({
  id: z.string(),
  title: z.string(),
  status: z.enum(['closed', 'open', 'passed']),
  /** passed: what was seen. open: what is missing. closed: empty. */
  says: z.string(),
  /** passed: what its evidence has of measurements, by names that tell the unit (labs/engine/step-state.ts) */
  measured: z.record(z.string(), z.number()).default({}),
  /** passed: when, ms since 1970 */
  passedAt: z.number().nullable(),
  /** passed, and the judge says no longer true now */
  noLongerTrue: z.boolean(),
  /** the hints asked for so far */
  hints: z.array(z.string()),
  hintsLeft: z.number().int(),
  /** what is waited for, and why it takes as long; null where it depends on the learner */
  awaits: z
    .object({
      says: z.string(),
      /** when the waiting began and when it ends at the latest, ms since 1970 */
      from: z.number(),
      due: z.number(),
    })
    .nullable(),
  /** this learner passed it in an earlier room: of another lab session, or before a reset */
  passedBefore: z.boolean(),
  /** the learner passed it in this lab session. One that has passed and does not count was done for them by a reset. */
  counts: z.boolean(),
  /** it is judged by a trial, which the learner asks for; null: it is not */
  trial: z
    .object({
      /** when the newest of this room ended, ms since 1970; null: not tried yet */
      at: z.number().nullable(),
      /** why the newest could not be made; null where it was */
      failed: z.string().nullable(),
      /** what the program printed and how it ended, which decides nothing; null where it did not run */
      shown: trialOutput.nullable(),
    })
    .nullable()
    .default(null),
})
export type CheckState = z.infer<typeof checkState>

/** Whether a learner may see how a step is solved. */
export const solutionOffer = z.object({
  /** it was, which is written down */
  shown: z.boolean(),
  /** it may be asked for */
  offered: z.boolean(),
  /** from then on it may, too (ms since 1970); null while too little was tried */
  from: z.number().nullable(),
  /** until it is offered: hints that were not opened of checks that have not passed, and wrong answers to its question */
  hintsLeft: z.number().int(),
  answersLeft: z.number().int(),
})
export type SolutionOffer = z.infer<typeof solutionOffer>

const onHost = { host: z.string().nullable(), terminal: z.string().nullable() }
/** One thing to do. A null in place of a value: it depends on what the cluster does until then. */
export const shownAction = z.discriminatedUnion('do', [
  /** `stays`: it runs on, so what follows needs another terminal or its keys */
  z.object({ do: z.literal('run'), command: z.string().nullable(), stays: z.boolean(), ...onHost }),
  z.object({ do: z.literal('keys'), keys: z.string(), ...onHost }),
  /** wait until the terminal shows this regular expression */
  z.object({ do: z.literal('shows'), text: z.string(), ...onHost }),
  /** `readFrom`: the host whose terminal shows it */
  z.object({ do: z.enum(['answer', 'predict']), given: z.string().nullable(), readFrom: z.string().nullable() }),
  z.object({ do: z.literal('fault'), fault: fault.nullable() }),
  /** the title of a check whose trial is asked for */
  z.object({ do: z.literal('try'), title: z.string() }),
  /** lines of a file of the editor, and what takes their place */
  z.object({ do: z.literal('edit'), path: z.string(), from: z.string(), to: z.string() }),
  z.object({ do: z.literal('wait'), what: z.string() }),
])
export type ShownAction = z.infer<typeof shownAction>

export const stepState = z.object({
  id: z.string(),
  title: z.string(),
  status: z.enum(['closed', 'open', 'passed']),
  /** ms since 1970; null: not yet */
  openedAt: z.number().nullable(),
  checks: z.array(checkState),
  solution: solutionOffer,
  /** the learner may begin again here: nothing that would be done for them is new to them */
  mayReset: z.boolean(),
  /** A guess that is wanted before the step begins, and is held against what then happened. Wrong ones do not block. */
  predict: z
    .object({
      question: z.string(),
      given: z.string().nullable(),
      /** once the step's checks have passed: whether it came so, and why */
      outcome: z.object({ right: z.boolean(), says: z.string() }).nullable(),
    })
    .nullable(),
  /** a step that asks a question */
  ask: z
    .object({
      question: z.string(),
      /** the last answer, and what is said to it */
      given: z.string().nullable(),
      says: z.string(),
      /** answered rightly: when, ms since 1970. A question counts as a check. */
      passedAt: z.number().nullable(),
      /** as with checks */
      passedBefore: z.boolean(),
      counts: z.boolean(),
    })
    .nullable(),
})
export type StepState = z.infer<typeof stepState>

const role = z.enum(['broker', 'controller', 'zookeeper'])

/** What the panel shows of a host with a node; a null is "not known". Times are ms since 1970. */
export const nodeState = z.object({
  host: z.string(),
  address: z.string(),
  /** as the wire says, else as the lab declares */
  node: z.number().int().nullable(),
  roles: z.array(role),
  /** by the kernel; null where nobody looked yet */
  process: z.enum(['none', 'running', 'paused']).nullable(),
  /** it answers on the wire */
  up: z.boolean(),
  /** since when `up` is as it is */
  since: z.number().nullable(),
  /** the leader of the cluster's latest epoch */
  leads: z.boolean(),
  /** a voter of the quorum */
  votes: z.boolean(),
  fenced: z.boolean().nullable(),
  /** what this node itself says of its quorum, and since when */
  view: z.object({ leader: z.number().int().nullable(), epoch: z.number().int(), since: z.number() }).nullable(),
  /** log end offset of its replica of the metadata log, as the leader last heard, and how far that is behind in ms */
  metadataEnd: z.number().int().nullable(),
  metadataLagMs: z.number().nullable(),
  diskFull: z.boolean(),
})
export type NodeState = z.infer<typeof nodeState>

export const partitionState = z.object({
  partition: z.number().int(),
  /** -1: none */
  leader: z.number().int(),
  leaderEpoch: z.number().int(),
  /** in the order of assignment: the first is the preferred leader */
  replicas: z.array(
    z.object({
      node: z.number().int(),
      inSync: z.boolean(),
      /** eligible leader replica (KIP-966) */
      eligible: z.boolean(),
      end: z.number().int().nullable(),
    }),
  ),
})

export const clusterState = z.object({
  /** the lab's name for it */
  name: z.string(),
  clusterId: z.string().nullable(),
  leader: z.number().int().nullable(),
  epoch: z.number().int().nullable(),
  /** since when `leader` is as it is */
  leaderSince: z.number().nullable(),
  highWatermark: z.number().int().nullable(),
  /** of the metadata log: when its ends and its high watermark were last told */
  sampledAt: z.number().nullable(),
  /** who holds ZooKeeper's /controller, and in which epoch of the quorum, where it is one of that; null: no ZooKeeper */
  zookeeper: z
    .object({ controller: z.number().int().nullable(), kraftEpoch: z.number().int().nullable() })
    .nullable()
    .default(null),
  nodes: z.array(nodeState),
  /** without Kafka's own and the probe's */
  topics: z.array(z.object({ name: z.string(), partitions: z.array(partitionState) })),
  /** what the probe measures; null where the lab has none */
  probe: z
    .object({
      acknowledged: z.number().int(),
      lost: z.number().int(),
      /** that have not ended */
      outages: z.array(z.object({ kind: z.enum(PROBE_KINDS), from: z.number() })),
    })
    .nullable(),
})
export type ClusterState = z.infer<typeof clusterState>

/** Not fetched, failed and empty are three things; `unknown`: what the value leaves out, and why. */
const looked = <Value extends z.ZodType>(value: Value) =>
  z.discriminatedUnion('state', [
    z.object({ state: z.literal('not-fetched') }),
    z.object({ state: z.literal('failed'), why: z.string() }),
    z.object({ state: z.literal('fetched'), value, unknown: z.string().optional() }),
  ])
/**
 * What a group went through, as it was looked at: times are of the looks, ms since 1970; `to` null: it lasts. Partitions
 * as topic-number.
 */
export const groupPast = z.object({
  group: z.string(),
  states: z.array(
    z.object({
      state: z.string(),
      /** of the new protocols; null else */
      epoch: z.number().int().nullable(),
      members: z.number().int(),
      from: z.number(),
      to: z.number().nullable(),
    }),
  ),
  /** who had which partition; `name`: group.instance.id, else client.id */
  held: z.array(
    z.object({
      member: z.string(),
      name: z.string(),
      partition: z.string(),
      from: z.number(),
      to: z.number().nullable(),
    }),
  ),
  /** pauses that are over: from one commit that moved the partition to the next */
  still: z.array(z.object({ partition: z.string(), from: z.number(), to: z.number() })),
  /** partition → its committed offset, and since when it is that */
  moved: z.record(z.string(), z.object({ offset: z.number().int(), at: z.number() })),
})
export type GroupPast = z.infer<typeof groupPast>

/** What a lab shows besides nodes and partitions, as it was last looked at. */
export const shownFact = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('replicas'),
    name: z.string(),
    topic: z.string(),
    is: looked(z.object({ replicas: z.array(replicaLog) })),
  }),
  z.object({
    kind: z.literal('groups'),
    name: z.string(),
    is: looked(z.array(group)),
    past: z.array(groupPast).default([]),
  }),
  z.object({
    kind: z.literal('transactions'),
    name: z.string(),
    /** whose producers are told too; null: nobody's */
    topic: z.string().nullable(),
    is: looked(z.object({ transactions: z.array(transaction), producers: z.array(activeProducer) })),
  }),
  z.object({
    kind: z.literal('partition-files'),
    name: z.string(),
    host: z.string(),
    topic: z.string(),
    partition: z.number().int(),
    /** null: there is no such directory */
    is: looked(partitionFiles.nullable()),
  }),
  z.object({
    kind: z.literal('request-metrics'),
    name: z.string(),
    host: z.string(),
    is: looked(requestMetrics),
  }),
])
export type ShownFact = z.infer<typeof shownFact>

/**
 * One event on the line. `seq` orders events of one moment, and is stable: one that comes again with the same `seq` (an
 * outage that has ended) replaces the former.
 */
export const timelineEvent = z.object({
  seq: z.number().int(),
  /** ms since 1970 */
  at: z.number(),
  kind: z.enum([
    'room',
    'step',
    'pass',
    'answer',
    'command',
    'fault',
    'network',
    'node',
    'leader',
    'broker',
    'topic',
    'isr',
    'outage',
    'gap',
    'class',
  ]),
  /** of one line, for the learner */
  says: z.string(),
  host: z.string().nullable(),
  /** an outage, a command: when it ended */
  until: z.number().nullable(),
  /** a command: how many records the metadata log got meanwhile, without NoOps; all else: null */
  records: z.number().int().nullable(),
})
export type TimelineEvent = z.infer<typeof timelineEvent>

const from = { seq: z.number().int(), at: z.number(), text: z.string(), by: z.string() }
/** An instructor's words at a step. `seq`: of its entry in the history; `at`: ms since 1970; `by`: a name. */
export const stepNote = z.object({ ...from, step: z.string() })
export type StepNote = z.infer<typeof stepNote>
/** An instructor's words to the class. */
export const classMessage = z.object(from)
export type ClassMessage = z.infer<typeof classMessage>

/** An instructor who reads the terminals along. */
export const watcher = z.object({ id: z.string(), name: z.string(), typing: z.enum(['no', 'asked', 'allowed']) })
export type Watcher = z.infer<typeof watcher>

export const labSessionState = z.object({
  id: z.string(),
  lab: z.string(),
  room: z.object({
    status: z.enum(['starting', 'ready', 'ended', 'failed']),
    /** ended or failed: why, and what to do, in a sentence */
    says: z.string(),
    /** ended: the lab session that took its place */
    next: z.string().nullable(),
  }),
  /** the room is starting, and the solution is replayed in it up to that step; null: it is not */
  replay: z
    .object({
      step: z.string(),
      /** steps that are done, and all that will be */
      done: z.number().int(),
      of: z.number().int(),
      /** what it does now, of one line; empty before it begins */
      doing: z.string(),
      cancelled: z.boolean(),
    })
    .nullable(),
  /** how the last replay ended that did not come to its end; null where it did, or there was none */
  replayFailed: z.string().nullable(),
  /** the trial that runs now; null: none. `since`: ms since 1970 */
  trying: z
    .object({ check: z.string(), doing: z.enum(TRIAL_PHASES), since: z.number() })
    .nullable()
    .default(null),
  /** `from`: the classes in which the lab is assigned; `since`: when help was asked for, ms since 1970 */
  help: z.object({ from: z.array(z.string()), since: z.number().nullable() }),
  watchers: z.array(watcher),
  notes: z.array(stepNote),
  messages: z.array(classMessage),
  /** the room stays until then (ms since 1970), by whom */
  kept: z.object({ until: z.number(), by: z.string() }).nullable(),
  hosts: z.array(z.string()),
  terminals: z.array(terminal),
  steps: z.array(stepState),
  clusters: z.array(clusterState),
  cuts: z.array(link),
  facts: z.array(shownFact).default([]),
  /** declared hosts without a node, such as `client` */
  otherHosts: z.array(z.object({ host: z.string(), address: z.string() })),
})
export type LabSessionState = z.infer<typeof labSessionState>

export const toBrowser = z.discriminatedUnion('type', [
  z.object({ type: z.literal('state'), state: labSessionState }),
  /** Events of the timeline: all so far after a connect (`whole`), then those that are new. */
  z.object({ type: z.literal('timeline'), whole: z.boolean(), events: z.array(timelineEvent) }),
  /** Answers `look`. */
  z.object({
    type: z.literal('then'),
    at: z.number(),
    clusters: z.array(clusterState),
    cuts: z.array(link),
    facts: z.array(shownFact).default([]),
  }),
  z.object({ type: z.literal('terminal.screen'), terminal: z.string(), data: z.string(), ...size }),
  z.object({ type: z.literal('terminal.output'), terminal: z.string(), data: z.string() }),
  z.object({ type: z.literal('terminal.resized'), terminal: z.string(), ...size }),
  z.object({ type: z.literal('log.page'), page: logPage }),
  z.object({ type: z.literal('state.view'), view: stateView }),
  z.object({
    type: z.literal('state.compared'),
    before: stateSource,
    after: stateSource,
    changes: z.array(treeChange),
    /** beyond those that fit */
    left: z.number().int(),
  }),
  z.object({ type: z.literal('state.proved'), proof: stateProof }),
  z.object({ type: z.literal('change'), change: commandChange }),
  z.object({ type: z.literal('files'), answer: listAnswer }),
  z.object({ type: z.literal('file'), path: filePath, answer: readAnswer }),
  z.object({ type: z.literal('file.saved'), path: filePath, answer: saveAnswer }),
  z.object({ type: z.literal('solution'), step: z.string(), actions: z.array(shownAction) }),
  /** A prediction that cannot be graded, and why: it was not taken. */
  z.object({ type: z.literal('refused'), step: z.string(), says: z.string() }),
  /** Answers `watch`: which of the watchers this instructor is; null: none any more. */
  z.object({ type: z.literal('watching'), watcher: z.string().nullable() }),
  z.object({ type: z.literal('ran'), terminal: z.string() }),
  z.object({ type: z.literal('opened'), terminal: z.string() }),
  z.object({ type: z.literal('error'), code: z.string(), message: z.string() }),
])
export type ToBrowser = z.infer<typeof toBrowser>

/**
 * `POST /gateway/lab-sessions`. 201 and `{ id }` for a new one, 200 where this learner has a live one of that lab.
 * `variant` is for `labs verify` alone: a learner's is drawn.
 */
export const startLabSession = z.object({ lab: z.string(), variant: z.string().nullable().default(null) })
