/**
 * The words in which a lab is written. A lab is data plus pure functions: what its room looks like, and what each check
 * asks of a moment of the history. `labs/catalog/<slug>/lab.ts` exports one `defineLab(...)`.
 */
import { z } from 'zod'
import { filePath, HOME } from '#labs/protocol/files.ts'
import type {
  ActiveProducer,
  AnswerTimes,
  FileContent,
  Group,
  Link,
  LogEnd,
  LogFile,
  Need,
  PartitionFiles,
  ReplicaLog,
  RequestMetrics,
  TopicBatch,
  TopicRecord,
  Transaction,
} from '#labs/protocol/observation.ts'
import type { TrialEvidence } from '#labs/protocol/trial.ts'
import type { ClusterView } from './cluster.ts'
import { type DeclaredRoom, declareRoom, type Problem, type RoomOptions, roomShape } from './cluster-declaration.ts'
import type { Pass } from './fold.ts'
import type { HistoryView } from './history-view.ts'
import type { Random } from './trials.ts'

export { cluster, type DeclaredCluster } from './cluster-declaration.ts'

/** What a judge says: passed with evidence, or what is missing. `says` is a sentence for the learner. */
export type Verdict = { passed: true; evidence: Evidence } | { passed: false; says: string; awaits?: Awaited }
/** Something that takes its time whatever the learner does: why, when it began, when it ends at the latest (ms since 1970). */
export type Awaited = { says: string; from: number; due: number }
export type Evidence = { says: string; [detail: string]: unknown }

export const passed = (says: string, details: Record<string, unknown> = {}): Verdict => ({
  passed: true,
  evidence: { ...details, says },
})
export const missing = (says: string, awaits?: Awaited): Verdict => ({
  passed: false,
  says,
  ...(awaits ? { awaits } : {}),
})

/** A step's question counts as a check of this id. */
export const questionId = (step: string): string => `${step}-answer`

/** How a prediction came out. `says` tells what happened, and why. */
export type Outcome = { right: boolean; says: string }

/** Something that a lab asks for beyond the cluster itself. Declared by a step, fetched only while it is open. */
export type FactSpec<Value> = { need: Need | TrialNeed; readonly value?: Value; trial?: Trial }
/** Not looked at by the watcher: it is there once the learner has asked for it. */
type TrialNeed = { kind: 'trial'; name: string; host: string }
type Specs = Record<string, FactSpec<unknown>>

/** Not fetched, failed and empty are three different things: a judge has to look. */
export type Fact<Value> =
  | { state: 'not-fetched' }
  | { state: 'failed'; why: string }
  | { state: 'fetched'; value: Value }
type Facts<S extends Specs> = { [Name in keyof S]: S[Name] extends FactSpec<infer Value> ? Fact<Value> : never }

/** The name under which a need travels: equal needs of two steps are one. */
const named = (need: Need): Need => ({ ...need, name: Object.values(need).join(' ').trim() })

/** Where a room has several clusters: the lab's name for the one that is asked; left out: all of them. */
type OfCluster = { cluster?: string }
/** The newest-bounded records of a topic, at most `max`, all partitions. */
export const records = (
  spec: { topic: string; max: number } & OfCluster,
): FactSpec<{ records: TopicRecord[]; complete: boolean }> => ({
  need: named({ kind: 'records', name: '', ...spec }),
})
/** All groups with members and committed offsets. @param of.everyMs between two looks, where a second is too long */
export const groups = (of: OfCluster & { everyMs?: number } = {}): FactSpec<Group[]> => ({
  need: named({ kind: 'groups', name: '', ...of }),
})
/** Of each replica of a topic its log's ends and high watermark, by partition and broker; without those that do not answer. @public */
export const replicas = (topic: string, of: OfCluster = {}): FactSpec<{ replicas: ReplicaLog[] }> => ({
  need: named({ kind: 'replicas', name: '', topic, ...of }),
})
/** The record batches of a topic from its beginning, at most `max` a partition, as they lie in the log now. @public */
export const batches = (
  spec: { topic: string; max: number } & OfCluster,
): FactSpec<{ batches: TopicBatch[]; complete: boolean }> => ({
  need: named({ kind: 'batches', name: '', ...spec }),
})
/** All transactions as their coordinators have them; of `topic` the producers, as the leaders have them. @public */
export const transactions = (
  topic: string | null = null,
  of: OfCluster = {},
): FactSpec<{ transactions: Transaction[]; producers: ActiveProducer[] }> => ({
  need: named({ kind: 'transactions', name: '', topic, ...of }),
})
/** The directory of a partition on a host; null where there is none. @public */
export const partitionFiles = (spec: {
  host: string
  topic: string
  partition: number
}): FactSpec<PartitionFiles | null> => ({
  need: named({ kind: 'partition-files', name: '', ...spec }),
})
/** What a node says of its requests, by a Jolokia agent in it at that port: its own claim, so for `shows` alone. @public */
export const requestMetrics = (host: string, port = 8778): FactSpec<RequestMetrics> => ({
  need: named({ kind: 'request-metrics', name: '', host, port }),
})
/** How long the broker on a host took to answer the watcher's own questions, ms, the last five, one a second. */
export const answerTimes = (host: string): FactSpec<AnswerTimes> => ({
  need: named({ kind: 'answer-times', name: '', host }),
})
/** A regular file on a host; null where there is none. */
export const file = (host: string, path: string, maxBytes = 65_536): FactSpec<FileContent | null> => ({
  need: named({ kind: 'file', name: '', host, path, maxBytes }),
})
/**
 * The files of a host's metadata log, in order of offset; null where there is no such directory. The segment that is
 * written to grows all the time: of it alone the size and the time are as of when something else changed.
 */
export const logFiles = (host: string): FactSpec<LogFile[] | null> => ({
  need: named({ kind: 'log-files', name: '', host }),
})
/**
 * How a host's metadata log ends, with what is not committed; null where there is no such directory. Told when anything
 * but NoOps was appended or cut off, and when it has come to rest: of a log that NoOps alone make longer, `end` and the
 * last `to` are as of then.
 */
export const logEnd = (host: string): FactSpec<LogEnd | null> => ({
  need: named({ kind: 'log-end', name: '', host }),
})

type Texts = Record<string, string>
/** What the engine makes for one trial: `given` are environment variables of the program, `kept` nobody tells it. */
type Made<Given extends Texts, Kept extends Texts> = { given: Given; kept: Kept }
/**
 * A script or program of the learner's, judged by what it does to a cluster that it cannot know: in a fresh room of this
 * lab the learner's directory takes the place of the lab's own, and the program runs there once, as the learner.
 */
export type Trial<Given extends Texts = Texts, Kept extends Texts = Texts, Looks extends Specs = Specs> = {
  /** the directory that is copied; to the same place */
  host: string
  directory: string
  /** names and data that cannot be guessed */
  make: (random: Random) => Made<Given, Kept>
  /** done before the program runs, besides what the lab prepares */
  prepare?: (made: Made<Given, Kept>) => Preparation[]
  /** of a login shell on that host, in `directory` */
  command: string
  /** after which it is stopped, ms; what arrived until then counts */
  limitMs?: number
  /** what is looked at when it has ended, besides topics and configurations */
  looks?: (made: Made<Given, Kept>) => Looks
  /** when this holds of what is looked at, the program is killed in the middle of its work, and started once more */
  killedWhen?: (seen: Facts<Looks>) => boolean
}
/** What a judge gets of a trial. What the program printed and how it ended is not among it. */
export type Tried<Given extends Texts = Texts, Kept extends Texts = Texts, Looks extends Specs = Specs> = Omit<
  TrialEvidence,
  'given' | 'kept' | 'facts'
> &
  Made<Given, Kept> & { facts: Facts<Looks> }

/** @param name stable: a result in a history is found by it */
export const trial = <Given extends Texts, Kept extends Texts, Looks extends Specs = Record<never, never>>(
  name: string,
  spec: Trial<Given, Kept, Looks>,
): FactSpec<Tried<Given, Kept, Looks>> => ({
  need: { kind: 'trial', name: `trial ${name}`, host: spec.host },
  // It is called with what its own `make` made.
  trial: spec as unknown as Trial,
})

/** What a judge sees. Nothing here does I/O, so a judge runs on a recorded history as well as on a live one. */
export type Moment<S extends Specs = Specs> = {
  /** the first that the lab declares */
  cluster: ClusterView
  /** all, by the lab's names */
  clusters: Record<string, ClusterView>
  /** links that are cut now */
  network: { cuts: Link[] }
  facts: Facts<S>
  /** what happened to `cluster` and to the room, since the step opened */
  history: HistoryView
  /** the same of another cluster */
  historyOf: (cluster: string) => HistoryView
  /** of this lab's checks, by id; a question's id is its step's with -answer */
  passes: Record<string, Pass>
}

export type Check<S extends Specs = Specs> = {
  /** stable for ever: progress hangs on it */
  id: string
  title: string
  judge: (at: Moment<S>) => Verdict
  /** from a nudge to nearly the answer */
  hints: readonly [string, string, string]
  /** the step's fact that is a trial, which the learner asks for at this check */
  trial?: keyof S & string
}

type StepOptions<S extends Specs> = {
  title: string
  facts?: S
  checks?: Check<NoInfer<S>>[]
  /** a question; its judge gets what the learner typed */
  ask?: string
  judge?: (given: string, at: Moment<NoInfer<S>>) => Verdict
  predict?: Prediction<NoInfer<S>>
}

/**
 * A guess that the learner gives before the step begins, and that is held against what then happened. Checks count from
 * the guess on; a wrong one blocks nothing.
 */
export type Prediction<S extends Specs = Specs> = {
  question: string
  /** what is wrong with a guess that cannot be graded ("Give a number."); null: nothing */
  refuse?: (given: string) => string | null
  /** called once, when all of the step's checks have passed */
  outcome: (given: string, at: Moment<S>) => Outcome
}

export type Step = {
  id: string
  title: string
  facts: Specs
  checks: Check[]
  ask: { question: string; judge: (given: string, at: Moment) => Verdict } | null
  predict: Prediction | null
}

export function step<S extends Specs = Record<never, never>>(id: string, options: StepOptions<S>): Step {
  const { title, facts, checks, ask, judge, predict } = options
  return {
    id,
    title,
    facts: facts ?? {},
    // A step's judges are called with that step's facts alone, which is what their types say.
    checks: (checks ?? []) as unknown as Check[],
    ask: ask && judge ? { question: ask, judge: judge as never } : null,
    predict: (predict as unknown as Prediction | undefined) ?? null,
  }
}

type About = {
  slug: string
  title: string
  course: string
  module: string
  minutes: number
  /** from asking for the room until it is prepared and its running nodes work, s at most, on two cores; a page says so */
  startSeconds?: number
  editor?: (Omit<Editor, 'run'> & Partial<Editor>) | null
}
/**
 * A directory of a host that the page shows as files to edit, besides what can be done to it in a terminal. `run`: how a file
 * is run, by its path below the directory; typed into a terminal of that host.
 */
export type Editor = { host: string; directory: string; run: Record<string, string> }
/** Five nodes, with time to spare. */
const START_SECONDS = 30
/** A command of a learner's login shell on that host, in the learner's home; it must exit with 0. */
export type Preparation = { host: string; command: string }
type Content = RoomOptions & {
  steps: Step[]
  /** what the panel shows besides nodes and partitions: of `SHOWN`, fetched while somebody looks at it */
  shows?: FactSpec<unknown>[]
  /** done in this order before the room is shown and the first step opens; within the time that a room may take to start */
  prepare?: Preparation[]
}
export type Lab = Required<Omit<About, 'editor'>> &
  DeclaredRoom & {
    editor: Editor | null
    steps: Step[]
    shows: { need: Need }[]
    prepare: Preparation[]
    /** the name of this one among the lab's variants; null where it has none */
    variant: string | null
    /** all, this one among them, by name; empty where the lab has none */
    variants: Record<string, Lab>
  }

const slug = z.string().regex(/^[a-z][a-z0-9-]*$/, 'lower case letters, digits and hyphens')
const where = { host: z.string().optional(), cluster: z.string().optional() }
/** Kinds of facts that the panel can show. */
const SHOWN = ['replicas', 'groups', 'transactions', 'partition-files', 'request-metrics'] as const
/** Learners could make them say anything. */
const CLAIMED = 'request-metrics'
const BELOW_HOME = `${HOME}/`
const editor = z.object({
  host: z.string(),
  directory: z
    .string()
    .refine(
      (path) => path.startsWith(BELOW_HOME) && filePath.safeParse(path.slice(BELOW_HOME.length)).success,
      `below ${BELOW_HOME}`,
    ),
  run: z.record(filePath, z.string().min(1)).default({}),
})
const judge = z.custom<() => Verdict>((value) => typeof value === 'function', 'a function')
const labShape = roomShape.extend({
  slug,
  title: z.string().min(1),
  course: slug,
  module: slug,
  minutes: z.number().int().positive(),
  startSeconds: z.number().int().positive().default(START_SECONDS),
  editor: editor.nullable().default(null),
  prepare: z.array(z.object({ host: z.string(), command: z.string().min(1) })).default([]),
  shows: z.array(z.object({ need: z.object({ kind: z.enum(SHOWN), ...where }) })).default([]),
  steps: z
    .array(
      z.object({
        id: slug,
        title: z.string().min(1),
        facts: z.record(z.string(), z.object({ need: z.object({ kind: z.string(), ...where }) })),
        checks: z.array(
          z.object({
            id: slug,
            title: z.string().min(1),
            judge,
            hints: z.array(z.string().min(1)).length(3),
            trial: z.string().optional(),
          }),
        ),
        ask: z.object({ question: z.string().min(1), judge }).nullable(),
        predict: z.object({ question: z.string().min(1), refuse: judge.optional(), outcome: judge }).nullable(),
      }),
    )
    .min(1),
})

/**
 * One lab, or several `variants` of it of which each learner is given one (docs/decisions/018). Of those the first stands
 * for all where a page, a board or a list speaks of the lab: what these show is the same for all.
 * @throws ZodError that names the field
 */
export function defineLab(lab: About & (Content | { variants: Record<string, Content> })): Lab {
  if ('steps' in lab) return defineOne(lab, null)
  const { variants: contents, ...about } = lab
  const variants: Record<string, Lab> = {}
  for (const [name, content] of Object.entries(contents)) variants[name] = defineOne({ ...about, ...content }, name)
  const [first, ...others] = Object.values(variants)
  z.object({ variants: z.custom<Lab>((one) => one !== undefined, 'a variant at least') }).parse({ variants: first })
  for (const other of others) requireAlike(first!, other)
  for (const one of Object.values(variants)) one.variants = variants
  return first!
}

function defineOne(lab: About & Content, variant: string | null): Lab {
  const shape = labShape
    .superRefine((shape, context) => {
      const within = variant === null ? [] : ['variants', variant]
      const { hosts, clusters, problems } = declareRoom(shape)
      const places = { hosts, clusters }
      for (const problem of [...problems, ...stepProblems(shape, places), ...placeProblems(shape, places)])
        context.addIssue({ code: 'custom', ...problem, path: [...within, ...problem.path] })
    })
    .parse(lab)
  const { problems: _, ...room } = declareRoom(shape)
  const { startSeconds, prepare, editor } = shape
  // The shape has let no trial through.
  const shows = (lab.shows ?? []) as { need: Need }[]
  return { ...lab, ...room, startSeconds, prepare, shows, editor, variant, variants: {} }
}

/** What is shown before a learner has a variant, or of many learners at once, must be so for all. */
function requireAlike(first: Lab, other: Lab): void {
  const shown = ({ hosts, clusters, steps }: Lab): Record<string, unknown> => ({
    hosts,
    clusters: Object.entries(clusters).map(([name, { nodes }]) => [name, nodes.map(({ host }) => host)]),
    steps: steps.map(({ id, title, checks, ask, predict }) => ({
      id,
      title,
      checks: checks.map((check) => [check.id, check.title]),
      ask: ask?.question,
      predict: predict?.question,
    })),
  })
  const [one, two] = [shown(first), shown(other)]
  z.custom<Lab>()
    .superRefine((_, context) => {
      for (const field of Object.keys(one))
        if (JSON.stringify(one[field]) !== JSON.stringify(two[field]))
          context.addIssue({
            code: 'custom',
            path: ['variants', other.variant ?? '', field],
            message: `not as in ${first.variant}: ids, titles and questions, hosts and clusters are the same in all variants`,
          })
    })
    .parse(other)
}

/** A host or a cluster that is named and not there. */
type Places = { hosts: DeclaredRoom['hosts']; clusters: Record<string, unknown> }
const strangePlace = (
  { host, cluster }: { host?: string | undefined; cluster?: string | undefined },
  { hosts, clusters }: Places,
): string | null => {
  if (host !== undefined && !hosts.some(({ name }) => name === host)) return `there is no host ${host}`
  return cluster !== undefined && !(cluster in clusters) ? `there is no cluster ${cluster}` : null
}

function placeProblems({ prepare, shows, editor }: z.infer<typeof labShape>, places: Places): Problem[] {
  const named = [
    ...prepare.map(({ host }, at) => ({ path: ['prepare', at, 'host'], place: { host } })),
    ...shows.map(({ need }, at) => ({ path: ['shows', at], place: need })),
    ...(editor ? [{ path: ['editor', 'host'], place: { host: editor.host } }] : []),
  ]
  return named.flatMap(({ path, place }) => {
    const message = strangePlace(place, places)
    return message === null ? [] : [{ path, message }]
  })
}

/** @returns the lab itself where it has none; the first where it does not have that one (any more) */
export const variantOf = (lab: Lab, variant: string | null): Lab =>
  variant === null ? lab : (lab.variants[variant] ?? lab)

function stepProblems(shape: z.infer<typeof labShape>, places: Places): Problem[] {
  const problems: Problem[] = []
  const seen = new Set<string>()
  for (const [at, { id, checks, ask, facts }] of shape.steps.entries()) {
    for (const name of [`step ${id}`, ...checks.map((one) => `check ${one.id}`)]) {
      if (seen.has(name)) problems.push({ path: ['steps', at], message: `${name} is there twice` })
      seen.add(name)
    }
    if (checks.length === 0 && !ask)
      problems.push({ path: ['steps', at, 'checks'], message: 'a step needs a check or a question' })
    for (const [fact, { need }] of Object.entries(facts)) {
      const message = need.kind === CLAIMED ? "a node's own claim, for shows alone" : strangePlace(need, places)
      if (message !== null) problems.push({ path: ['steps', at, 'facts', fact], message })
    }
    for (const { id, trial } of checks)
      if (trial !== undefined && facts[trial]?.need.kind !== 'trial')
        problems.push({ path: ['steps', at, 'checks', id], message: `the step has no trial ${trial}` })
  }
  return problems
}
