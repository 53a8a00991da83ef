// Stands in for Confluent's REST Proxy, which is not to be had in this room. It answers two of its calls as they are
// documented, and writes what it is given into Kafka:
//   v2  POST /topics/TOPIC                          application/vnd.kafka.json.v2+json
//   v3  GET  /v3/clusters                           application/json
//       POST /v3/clusters/ID/topics/TOPIC/records   application/json
// As there, whatever asks for v1 is told that nobody speaks it. The real one adds no header to a record; this one says by
// which version it came.
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { Admin, Producer } from '@platformatic/kafka'

const PORT = 8082
const MAX_BYTES = 1_000_000
const V2 = 'application/vnd.kafka.v2+json'
const V2_JSON = 'application/vnd.kafka.json.v2+json'
const JSON_TYPE = 'application/json'
const ACCEPTED = { v2: [V2, JSON_TYPE], v3: [JSON_TYPE] }
const CONTENT = { v2: [V2_JSON], v3: [JSON_TYPE] }

const kafka = { clientId: 'rest-proxy', bootstrapBrokers: ['localhost:9091'] }
const producer = new Producer(kafka)
const admin = new Admin(kafka)

class Refused extends Error {
  constructor(status, code, message) {
    super(message)
    Object.assign(this, { status, code })
  }
}
const notAllowed = () => new Refused(405, 405, 'HTTP 405 Method Not Allowed')

const server = createServer((request, response) => {
  answer(request).then(
    ({ type, body }) => send(response, 200, type, body),
    (error) => {
      const { status = 500, code = 50002, message } = error
      send(response, status, JSON_TYPE, { error_code: code, message })
    },
  )
})
server.listen(PORT)

function send(response, status, type, body) {
  response.writeHead(status, { 'content-type': type })
  response.end(`${JSON.stringify(body)}\n`)
}

async function answer(request) {
  const { pathname } = new URL(request.url, 'http://rest-proxy')
  const topic = /^\/topics\/([^/]+)$/.exec(pathname)?.[1]
  const records = /^\/v3\/clusters\/([^/]+)\/topics\/([^/]+)\/records$/.exec(pathname)
  if (topic) return { type: V2, body: await produce2(request, decodeURIComponent(topic)) }
  if (records) return { type: JSON_TYPE, body: await produce3(request, ...records.slice(1).map(decodeURIComponent)) }
  if (pathname === '/v3/clusters') {
    if (request.method !== 'GET') throw notAllowed()
    understood(request, 'v3')
    return { type: JSON_TYPE, body: clusters(await clusterId(), request.headers.host) }
  }
  throw new Refused(404, 404, 'HTTP 404 Not Found')
}

async function produce2(request, topic) {
  if (request.method !== 'POST') throw notAllowed()
  understood(request, 'v2')
  const { records } = await bodyOf(request)
  if (!Array.isArray(records) || records.length === 0) throw new Refused(422, 422, 'records may not be empty')
  await requireTopic(topic)
  const offsets = []
  for (const { key = null, value = null } of records) {
    const { partition, offset } = await write('rest-v2', topic, key, value)
    offsets.push({ partition, offset, error_code: null, error: null })
  }
  return { offsets, key_schema_id: null, value_schema_id: null }
}

async function produce3(request, cluster, topic) {
  if (request.method !== 'POST') throw notAllowed()
  understood(request, 'v3')
  const { key, value } = await bodyOf(request)
  if (cluster !== (await clusterId())) throw new Refused(404, 404, `Cluster ${cluster} cannot be found.`)
  await requireTopic(topic)
  const { partition, offset } = await write('rest-v3', topic, data(key), data(value))
  return {
    error_code: 200,
    cluster_id: cluster,
    topic_name: topic,
    partition_id: partition,
    offset,
    timestamp: new Date().toISOString(),
  }
}

/** Of version 3: JSON alone, of the formats that there are. */
function data(side) {
  if (side === undefined || side === null) return null
  if (side.type !== 'JSON') throw new Refused(400, 400, `Bad Request: type ${side.type} is not known here, JSON is`)
  return side.data ?? null
}

/** By the content types, as the real one chooses among its methods. */
function understood({ method, headers }, version) {
  const accept = (headers.accept ?? '*/*').split(',').map((one) => one.split(';')[0].trim())
  const content = (headers['content-type'] ?? '').split(';')[0].trim()
  if (method === 'POST' && !CONTENT[version].includes(content))
    throw new Refused(415, 415, 'HTTP 415 Unsupported Media Type')
  if (!accept.some((one) => one === '*/*' || one === 'application/*' || ACCEPTED[version].includes(one)))
    throw new Refused(406, 406, 'HTTP 406 Not Acceptable')
}

async function bodyOf(request) {
  let text = ''
  for await (const chunk of request) {
    text += chunk
    if (text.length > MAX_BYTES) throw new Refused(413, 413, 'HTTP 413 Request Entity Too Large')
  }
  try {
    return JSON.parse(text) ?? {}
  } catch {
    throw new Refused(400, 400, 'Bad Request: the body is not JSON')
  }
}

/** Keys and values are stored as JSON. */
async function write(version, topic, key, value) {
  const bytes = (side) => (side === null ? undefined : Buffer.from(JSON.stringify(side)))
  const mark = existsSync(MARK) ? ` ${readFileSync(MARK, 'utf8')}` : ''
  const headers = new Map([[Buffer.from('rest-proxy'), Buffer.from(`${version}${mark}`)]])
  const { offsets } = await producer.send({ messages: [{ topic, key: bytes(key), value: bytes(value), headers }] })
  const { partition, offset } = offsets[0]
  return { partition, offset: Number(offset) }
}
const MARK = new URL('mark', import.meta.url)

async function requireTopic(topic) {
  const topics = await admin.listTopics({})
  if (!topics.includes(topic)) throw new Refused(404, 40401, 'Topic not found.')
}
const clusterId = async () => (await admin.metadata({ topics: [] })).id

function clusters(id, host) {
  const self = `http://${host}/v3/clusters`
  const links = { self: `${self}/${id}`, resource_name: `crn:///kafka=${id}` }
  return {
    kind: 'KafkaClusterList',
    metadata: { self, next: null },
    data: [{ kind: 'KafkaCluster', metadata: links, cluster_id: id, topics: { related: `${self}/${id}/topics` } }],
  }
}
