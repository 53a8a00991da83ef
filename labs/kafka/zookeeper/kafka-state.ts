/** What Kafka keeps in ZooKeeper, as kafka.zk.ZkData lays it out: who is its controller, which brokers live, a migration. */
import { z } from 'zod'
import type { ZNode, ZooKeeperClient } from './client.ts'

export type KafkaState = {
  clusterId: string | null
  /** Holds /controller: a broker, or since a migration began the active controller of the quorum. Null: nobody does. */
  controller: {
    node: number
    /** how often there was a new one: /controller_epoch */
    epoch: number
    /** of the quorum that has taken over; null: a broker is the controller */
    kraftEpoch: number | null
    /** ms since 1970 */
    since: number
  } | null
  /** /migration: how far the quorum's metadata log has been written to ZooKeeper; null before a migration */
  migration: { controller: number; controllerEpoch: number; offset: number; epoch: number } | null
  /** ids of those that live, in order */
  brokers: number[]
}

const count = z.number().int()
const clusterNode = z.object({ id: z.string().max(64) })
const controllerNode = z.object({ brokerid: count, kraftControllerEpoch: count.default(-1) })
const migrationNode = z.object({
  kraft_controller_id: count,
  kraft_controller_epoch: count,
  kraft_metadata_offset: count,
  kraft_metadata_epoch: count,
})
/** A lab has a few. */
const MAX_BROKERS = 64

/** @throws ZooKeeperError, and where something else is written there than Kafka writes */
export async function readKafkaState(client: ZooKeeperClient): Promise<KafkaState> {
  const cluster = await client.node('/cluster/id')
  const controller = await client.node('/controller')
  const epoch = await client.node('/controller_epoch')
  const migration = await client.node('/migration')
  const brokers = (await client.children('/brokers/ids')) ?? []
  return {
    clusterId: cluster && clusterNode.parse(json(cluster)).id,
    controller: controller && { ...holder(controller), epoch: Number(epoch?.data.toString() ?? -1) },
    migration: migration && written(migration),
    brokers: brokers
      .map(Number)
      .filter((id) => Number.isSafeInteger(id))
      .sort((one, other) => one - other)
      .slice(0, MAX_BROKERS),
  }
}

function holder(node: ZNode) {
  const { brokerid, kraftControllerEpoch } = controllerNode.parse(json(node))
  return { node: brokerid, kraftEpoch: kraftControllerEpoch < 0 ? null : kraftControllerEpoch, since: node.created }
}

function written(node: ZNode): KafkaState['migration'] {
  const data = migrationNode.parse(json(node))
  return {
    controller: data.kraft_controller_id,
    controllerEpoch: data.kraft_controller_epoch,
    offset: data.kraft_metadata_offset,
    epoch: data.kraft_metadata_epoch,
  }
}

const json = ({ data }: ZNode): unknown => JSON.parse(data.toString('utf8'))
