/**
 * What a node says of the requests that it handles, asked of a Jolokia agent in its process. It is the learner's process: the
 * answer is its own claim, for the panel alone. Names of the metrics: kafka.network.RequestMetrics, KafkaRequestHandlerPool.
 */
import { request as httpRequest } from 'node:http'
import type { Duplex } from 'node:stream'
import { z } from 'zod'
import { REQUEST_KINDS, REQUEST_STAGES, type RequestMetrics } from '#labs/protocol/observation.ts'
import { type Fetched, fetched } from './ask.ts'
import { within } from './clock.ts'
import { dialWithin } from './dial.ts'
import type { Surroundings } from './room.ts'

const CONNECT_MS = 1_000
const ANSWER_MS = 2_000
/** Some 20 kB are usual. */
const MAX_BYTES = 256 * 1024
/** An agent that listens to its own host alone is enough, and the safer choice. */
const ADDRESS = '127.0.0.1'

const read = (mbean: string, ...attribute: string[]) => ({ type: 'read', mbean, attribute })
const QUESTIONS = [
  ...REQUEST_KINDS.map((kind) =>
    read(`kafka.network:type=RequestMetrics,name=*TimeMs,request=${kind}`, 'Count', 'Mean'),
  ),
  read('kafka.network:type=RequestChannel,name=*QueueSize', 'Value'),
  read('kafka.network:type=SocketServer,name=NetworkProcessorAvgIdlePercent', 'Value'),
  read('kafka.server:type=KafkaRequestHandlerPool,name=RequestHandlerAvgIdlePercent', 'OneMinuteRate', 'MeanRate'),
  read('kafka.server:type=DelayedOperationPurgatory,name=PurgatorySize,delayedOperation=*', 'Value'),
]

const finite = z.number().nonnegative()
const values = z.record(z.string(), z.record(z.string(), z.unknown()))
const answers = z.array(z.object({ status: z.number(), request: z.object({ mbean: z.string() }), value: z.unknown() }))

type Timed = { count: number; sumMs: number }
/** `KIND STAGE` → all since the node began */
type Totals = Map<string, Timed>

export class RequestMetricsReader {
  readonly #room: Surroundings
  readonly #to: { host: string; port: number }
  #before: { at: number; totals: Totals } | undefined

  constructor(room: Surroundings, to: { host: string; port: number }) {
    this.#room = room
    this.#to = to
  }

  async read(): Promise<Fetched> {
    const { host, port } = this.#to
    const stream = await dialWithin(this.#room, { host, address: ADDRESS, port }, CONNECT_MS)
    try {
      const text = await within(ANSWER_MS, `an answer of the agent on ${host}:${port}`, post(stream, QUESTIONS))
      return fetched({ state: 'fetched', value: this.#told(text) })
    } finally {
      stream.on('error', () => undefined).destroy()
    }
  }

  #told(text: string): RequestMetrics {
    const said = beansOf(text)
    const totals: Totals = new Map()
    for (const [bean, attributes] of said) {
      const of = propertiesOf(bean)
      const [count, mean] = [finite.safeParse(attributes.Count), finite.safeParse(attributes.Mean)]
      if (of.type !== 'RequestMetrics' || !count.success || !mean.success) continue
      totals.set(`${of.request} ${of.name}`, { count: count.data, sumMs: count.data * mean.data })
    }
    const at = this.#room.clock.now()
    const before = this.#before
    this.#before = { at, totals }
    const overMs = before ? at - before.at : null
    return {
      overMs,
      requests: REQUEST_KINDS.map((kind) => ({
        kind,
        count: totals.get(`${kind} TotalTimeMs`)?.count ?? 0,
        ...between(kind, totals, before?.totals),
      })),
      queues: { request: numberOf(said, 'RequestQueueSize'), response: numberOf(said, 'ResponseQueueSize') },
      idle: {
        network: numberOf(said, 'NetworkProcessorAvgIdlePercent'),
        handlers: numberOf(said, 'RequestHandlerAvgIdlePercent', 'OneMinuteRate'),
      },
      purgatory: { produce: purgatoryOf(said, 'Produce'), fetch: purgatoryOf(said, 'Fetch') },
    }
  }
}

/** What came since the look before, and how long each stage of it took on average; nulls where nothing came. */
function between(
  kind: string,
  totals: Totals,
  before: Totals | undefined,
): Pick<RequestMetrics['requests'][number], 'since' | 'stages'> {
  const since = (stage: string): Timed => {
    const [now, was] = [totals.get(`${kind} ${stage}`), before?.get(`${kind} ${stage}`)]
    // A node that has begun anew counts from nothing.
    if (!now || !was || now.count < was.count) return { count: 0, sumMs: 0 }
    return { count: now.count - was.count, sumMs: Math.max(0, now.sumMs - was.sumMs) }
  }
  const stages = REQUEST_STAGES.map((stage) => {
    const { count, sumMs } = since(`${stage}TimeMs`)
    return [stage, count === 0 ? null : sumMs / count] as const
  })
  return {
    since: since('TotalTimeMs').count,
    stages: Object.fromEntries(stages) as RequestMetrics['requests'][number]['stages'],
  }
}

type Beans = Map<string, Record<string, unknown>>

/** A pattern is answered by bean, a name by its attributes. @throws Error where it is no such answer */
function beansOf(text: string): Beans {
  const beans: Beans = new Map()
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw new Error('what answers there is no Jolokia agent: its answer is not JSON', { cause: error })
  }
  const told = answers.safeParse(parsed)
  if (!told.success) throw new Error('what answers there is no Jolokia agent: its answer has another shape')
  for (const { status, request, value } of told.data) {
    if (status !== 200) continue
    const byBean = request.mbean.includes('*') ? values.safeParse(value) : values.safeParse({ [request.mbean]: value })
    if (byBean.success) for (const [bean, attributes] of Object.entries(byBean.data)) beans.set(bean, attributes)
  }
  return beans
}

/** Of `domain:a=b,c=d`. */
const propertiesOf = (bean: string): Record<string, string> =>
  Object.fromEntries(
    bean
      .slice(bean.indexOf(':') + 1)
      .split(',')
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  )

function numberOf(beans: Beans, name: string, attribute = 'Value'): number | null {
  const found = [...beans].find(([bean]) => propertiesOf(bean).name === name)
  return finite.safeParse(found?.[1][attribute]).data ?? null
}

function purgatoryOf(beans: Beans, operation: string): number | null {
  const found = [...beans].find(([bean]) => propertiesOf(bean).delayedOperation === operation)
  return finite.safeParse(found?.[1].Value).data ?? null
}

/** @returns the body of its answer @throws Error where that is too long, or none */
function post(stream: Duplex, body: unknown): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = JSON.stringify(body)
    const asking = httpRequest(
      {
        // The stream leads to the host; the name is for the agent.
        createConnection: () => stream,
        host: 'localhost',
        path: '/jolokia/',
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent), connection: 'close' },
      },
      (response) => {
        const chunks: Buffer[] = []
        let length = 0
        response.on('data', (chunk: Buffer) => {
          length += chunk.length
          if (length > MAX_BYTES) return response.destroy(new Error(`an answer of more than ${MAX_BYTES} bytes`))
          chunks.push(chunk)
        })
        response.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
        response.once('error', reject)
      },
    )
    asking.once('error', reject)
    asking.end(sent)
  })
}
