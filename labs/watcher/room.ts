import type { Duplex } from 'node:stream'
import type { Schemas } from '#labs/kafka/codec/schemas.ts'
import type { LogPage } from '#labs/protocol/log.ts'
import type { FileContent, LogFile, Observation, PartitionFiles } from '#labs/protocol/observation.ts'
import type { Clock } from './clock.ts'

export type Socket = {
  address: string
  port: number
  /** name of the file of the program that listens; null or left out where that is not known */
  owner?: string | null
}

/** What the watcher is given of the room: all that it can see or do. */
export type WatcherOptions = {
  hosts: string[]
  /** those of `hosts` that run a server of ZooKeeper, and no node of Kafka's */
  zooKeepers?: string[]
  /** TCP sockets that listen in the host's network namespace now */
  sockets(host: string): Promise<Socket[]>
  /** Connects inside that namespace; rejects where nothing answers. `address` is one that can be dialled. */
  dial(host: string, address: string, port: number): Promise<Duplex>
  /** One result a file, in order: null where there is none. */
  files(
    host: string,
    wanted: { path: string; maxBytes: number }[],
  ): Promise<(FileContent | null | { failed: string })[]>
  /** Of the host's metadata log, in order of offset; null where it has none. @throws Error where they cannot be listed */
  logFiles(host: string): Promise<LogFile[] | null>
  /** The newest part of the host's metadata log. @throws Error where it cannot be read */
  newestOfLog(host: string): Promise<LogPage>
  /** A partition's directory; null where the host has none. @throws Error where it cannot be read */
  partitionFiles(host: string, topic: string, partition: number): Promise<PartitionFiles | null>
  schemas: Schemas
  emit(observation: Observation): void
  clock?: Clock
  /** A mistake of ours, which stopped one part for a while; stderr where left out. */
  problem?(error: unknown): void
}

/** What the parts share. */
export type Surroundings = Required<WatcherOptions> & { signal: AbortSignal }
