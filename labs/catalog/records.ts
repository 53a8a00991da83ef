/** What the labs about the metadata log ask of its records. Pure, as all judges are. */
import type { ClusterView } from '#labs/engine/cluster.ts'
import { missing, passed, type Verdict } from '#labs/engine/define.ts'
import type { HistoryView } from '#labs/engine/history-view.ts'

type LoggedRecord = ReturnType<HistoryView['records']>[number]

/** Record fields, as kafka-dump-log prints them. */
export const fieldsOf = ({ data }: LoggedRecord): Record<string, unknown> => data as Record<string, unknown>

/** What is at an offset that is not the one asked for. */
export function isAt(offset: number, { highWatermark }: ClusterView, history: HistoryView): string {
  const found = history.records({ all: true }).findLast((record) => record.offset === offset)
  if (found) return `Record ${offset} is a ${found.type}, and not the one that is asked for.`
  if (highWatermark !== null && offset >= highWatermark) return `The log does not reach offset ${offset} yet.`
  return `Record ${offset} changes nothing: it is a NoOp.`
}

/** The controller leads, and all these brokers may work. */
export function isRunning({ nodes, leader, epoch, brokers }: ClusterView, wanted: readonly number[]): Verdict {
  if (!nodes['controller-1']?.up) return missing('controller-1 is not up yet.')
  if (leader === null) return missing('controller-1 is up, and does not lead yet.')
  const led = `Node ${leader} leads in epoch ${epoch}.`
  for (const id of wanted) {
    if (!nodes[`broker-${id}`]?.up) return missing(`${led} broker-${id} is not up yet.`)
    if (brokers[id]?.fenced !== false) return missing(`${led} broker-${id} is up, and still fenced.`)
  }
  return passed(`${led} Unfenced: brokers ${wanted.join(', ')}.`, { leader, epoch })
}
