/**
 * The trusted process of one room. Makes the network and the hosts, watches the cluster, keeps the terminals, and serves
 * one gateway at a time over a unix socket. Ends when told to, or some time after the last gateway left.
 */
import { readFileSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { KraftlabError } from '#config/errors.ts'
import { Schemas } from '#labs/kafka/codec/schemas.ts'
import { type FromSwitch, roomPlan, type ToSwitch, toSwitch } from '#labs/protocol/room.ts'
import { Watcher } from '#labs/watcher/watcher.ts'
import { readLines, writeLine } from '../lines.ts'
import { PLAN, SCHEMAS, SHARED, SOCKET } from '../places.ts'
import { REPLACED } from '../replaced.ts'
import { listHostDirectory, readHostFile } from './browse.ts'
import { readHostDirectory } from './directory.ts'
import { Faults } from './faults.ts'
import { readHostFiles } from './files.ts'
import { Host } from './host.ts'
import { logDirectoriesOf } from './log-directory.ts'
import { MetadataLogs } from './metadata-logs.ts'
import { makeBridge } from './network.ts'
import { Observations } from './observations.ts'
import { readPartitionDirectory } from './partition-directory.ts'
import { makeProbeNamespace, startProbe } from './probe.ts'
import { Processes } from './processes.ts'
import { dial, listeningSockets } from './sockets.ts'
import { Terminals } from './terminals.ts'

/** A gateway that was killed is back in seconds; a machine that is being shut down needs no rooms. */
const GRACE_MS = Number(process.env.KRAFTLAB_GRACE_MS ?? 60_000)
/** A gateway that reads nothing is let go before what waits for it fills the memory. */
const MAX_WAITING_BYTES = 32 * 2 ** 20

const plan = roomPlan.parse(JSON.parse(readFileSync(PLAN, 'utf8')))
const hosts = new Map(plan.hosts.map((host) => [host.name, new Host(host, plan)]))
let gateway: Socket | null = null
let grace: NodeJS.Timeout | null = null

const say = (message: FromSwitch, drained?: () => void) => {
  if (gateway && gateway.writableLength > MAX_WAITING_BYTES) gateway.destroy()
  if (gateway && !gateway.destroyed) writeLine(gateway, message, drained)
  else drained?.()
}

const observations = new Observations(say)
let faults: Faults
let probePid: number | null = null
try {
  await makeBridge()
  if (plan.probe !== null) probePid = await makeProbeNamespace()
  await Promise.all([...hosts.values()].map((host) => host.start()))
  faults = new Faults(hosts, plan.nodes, observations)
} catch (error) {
  // The gateway quotes the last line.
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}

const terminals = new Terminals(hosts, plan.welcome, say, (observation) => observations.add(observation))
const processes = new Processes(hosts, say)
const host = (name: string): Host => {
  const found = hosts.get(name)
  if (!found) throw new KraftlabError('UNKNOWN_HOST')
  return found
}
const schemas = Schemas.load(SCHEMAS)
const probe =
  plan.probe !== null && probePid !== null
    ? startProbe({ plan, cluster: plan.probe, pid: probePid, schemas, emit: (seen) => observations.add(seen) })
    : null
const logs = new MetadataLogs(hosts.values(), plan.nodes, schemas, (name) => watcher.logOf(name))
const watcher: Watcher = new Watcher({
  hosts: [...hosts.keys()],
  zooKeepers: plan.nodes.filter(({ roles }) => roles.includes('zookeeper')).map((node) => node.host),
  sockets: (name) => listeningSockets(host(name)),
  dial: (name, address, port) => dial(host(name), address, port),
  files: (name, wanted) => readHostFiles(host(name), wanted),
  logFiles: (name) => logs.files(name),
  partitionFiles: (name, topic, partition) =>
    readPartitionDirectory(host(name), logDirectoriesOf(plan.nodes, name), { topic, partition }),
  newestOfLog: (name) => logs.page(name, { of: 'end' }),
  schemas,
  emit: (observation) => {
    observations.add(observation)
    probe?.seen(observation)
  },
})

faults.startDeclared()

const server = createServer((socket) => {
  let spoke = false
  readLines(
    socket,
    (line) => {
      const message = toSwitch.safeParse(line)
      if (message.success && message.data.type === 'end') end()
      // The first word makes it the room's gateway: until then it may only have looked whether the room lives.
      if (message.success && !spoke) serve(socket)
      spoke = true
      // What an older gateway still has to say does not count.
      if (message.success && socket === gateway) obey(message.data)
      if (!message.success) console.error('the gateway sent what is not understood:', message.error.issues[0]?.message)
    },
    (why) => console.error('the gateway was let go:', why),
  )
  socket.on('error', () => {}) // 'close' follows
  socket.on('close', () => {
    if (gateway !== socket) return
    gateway = null
    forget()
    awaitGateway()
  })
})
const path = join(SHARED, SOCKET)
rmSync(path, { force: true })
server.listen(path)
awaitGateway()

/** The newest gateway wins: an older one that still hangs on is told so and let go. */
function serve(socket: Socket): void {
  if (socket === gateway) return
  if (gateway) {
    gateway.end(`${JSON.stringify(REPLACED)}\n`)
    forget()
  }
  gateway = socket
  if (grace) clearTimeout(grace)
}

/** What was for the gateway that went. */
function forget(): void {
  terminals.detachAll()
  processes.endAll()
}

function awaitGateway(): void {
  grace = setTimeout(end, GRACE_MS)
}

/** The room's pid namespace goes with this process, and all its hosts with that. */
function end(): void {
  process.exit(0)
}

function obey(message: ToSwitch): void {
  switch (message.type) {
    case 'hello':
      say({
        type: 'welcome',
        room: plan.id,
        hosts: [...hosts.keys()],
        terminals: terminals.states,
        oldest: observations.oldest,
      })
      return observations.resend(message.seen)
    case 'seen':
      return observations.seen(message.number)
    case 'needs':
      return watcher.setNeeds(message.needs)
    case 'terminal.open':
      return reply(message.call, async () => ({ terminal: terminals.open(message.host, message).id }))
    case 'terminal.run':
      return reply(message.call, async () => ({ terminal: (await terminals.run(message)).id }))
    case 'terminal.close':
      return terminals.close(message.terminal)
    case 'terminal.input':
      return terminals.input(message.terminal, message.data)
    case 'viewer.attach':
      return terminals.attach(message)
    case 'viewer.detach':
      return terminals.detach(message.viewer)
    case 'viewer.acknowledge':
      return terminals.acknowledge(message.viewer, message.chars)
    case 'viewer.visible':
      return terminals.setVisible(message.viewer, message.visible)
    case 'viewer.resize':
      return terminals.resize(message.viewer, message)
    case 'process.start':
      return reply(message.call, async () => {
        await processes.start(message)
        return {}
      })
    case 'process.input':
      return processes.input(message)
    case 'process.signal':
      return processes.signal(message)
    case 'fault':
      return reply(message.call, async () => {
        await faults.make(message.fault, message.by)
        return {}
      })
    case 'log.read':
      return reply(message.call, async () => {
        const page = await logs.page(message.host, message.range)
        say({ type: 'log.page', call: message.call, page })
        return undefined
      })
    case 'log.snapshot':
      return reply(message.call, () => tellSnapshot(message))
    case 'directory.read':
      return reply(message.call, () => readHostDirectory(host(message.host), message))
    case 'directory.list':
      return reply(message.call, async () => ({
        listing: JSON.stringify(await listHostDirectory(host(message.host), message)),
      }))
    case 'directory.file':
      return reply(message.call, async () => {
        const file = await readHostFile(host(message.host), message)
        return file ? { ...file, bytes: String(file.bytes), modified: String(file.modified) } : {}
      })
    case 'end':
      return end()
  }
}

/** A part is told when the one before it has left: a large snapshot waits on the host's disk. */
async function tellSnapshot({
  call,
  host,
  file,
  after,
}: Extract<ToSwitch, { type: 'log.snapshot' }>): Promise<undefined> {
  const asked = gateway
  let last: 'snapshot' | 'log' = 'snapshot'
  for await (const part of logs.snapshot(host, file, after)) {
    if (gateway !== asked) return undefined
    last = part.from
    await new Promise<void>((drained) => say({ type: 'log.records', call, ...part, end: false }, drained))
  }
  say({ type: 'log.records', call, from: last, records: [], says: '', end: true })
  return undefined
}

/** @param work resolves with nothing where it has answered by itself */
function reply(call: number, work: () => Promise<Record<string, string> | undefined>): void {
  work().then(
    (result) => result && say({ type: 'reply', call, result }),
    (error: unknown) => {
      const code = error instanceof KraftlabError ? error.code : 'HOST_UNAVAILABLE'
      say({ type: 'reply', call, error: { code, message: error instanceof Error ? error.message : String(error) } })
    },
  )
}
