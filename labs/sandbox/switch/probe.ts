/** The probe's place: a network namespace without a host, in which nothing listens and no process of a learner's is. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { z } from 'zod'
import type { Schemas } from '#labs/kafka/codec/schemas.ts'
import { Probe } from '#labs/probe/probe.ts'
import type { Observation } from '#labs/protocol/observation.ts'
import type { roomPlan } from '#labs/protocol/room.ts'
import { addressOf, connectProbe } from './network.ts'
import { dial } from './sockets.ts'

/** @returns a process that holds a network namespace, connected to the bridge; it ends with the switch */
export async function makeProbeNamespace(): Promise<number> {
  const holder = spawn('unshare', ['--net', 'cat'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const failed = once(holder, 'exit').then(() => {
    throw new Error('the network namespace of the probe could not be made')
  })
  // what it says back, it says from within
  holder.stdin.write('there\n')
  await Promise.race([once(holder.stdout, 'data'), failed])
  failed.catch(() => undefined) // later it ends with the room
  await connectProbe(holder.pid!)
  return holder.pid!
}

type Parts = {
  plan: z.output<typeof roomPlan>
  cluster: string
  /** as `makeProbeNamespace` gives it */
  pid: number
  schemas: Schemas
  emit(observation: Observation): void
}

export function startProbe({ plan, cluster, pid, schemas, emit }: Parts): Probe {
  const addresses = new Map(plan.hosts.map((host) => [host.name, addressOf(host)]))
  return new Probe({
    cluster,
    brokers: plan.nodes.filter((node) => node.cluster === cluster && node.roles.includes('broker')),
    dial: (host, port) => dial({ pid }, addresses.get(host) ?? '', port),
    schemas,
    emit,
  })
}
