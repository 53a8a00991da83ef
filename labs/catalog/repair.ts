/** What labs about broken nodes ask of a repaired one: that nothing which it had was lost. Pure, as all judges are. */
import { type Fact, missing, type Preparation, passed, type Verdict } from '#labs/engine/define.ts'
import type { HistoryView } from '#labs/engine/history-view.ts'
import { fieldsOf } from './records.ts'

/** For `prepare`: no node runs on the host any more. The brackets keep the shell that asks from finding itself. */
export const GONE = `while pgrep -f 'kafka[.]Kafka' > /dev/null; do sleep 0.2; done`
/** The records that `filled` writes. */
export const RECORDS = 40

/** For `prepare`: a topic orders with records, of which this host's broker has the only copy. */
export const filled = (host: string, node: number): Preparation => ({
  host,
  command: [
    // Its nodes are still starting: a broker that is not there yet cannot be given a replica.
    `until ./bin/kafka-topics --bootstrap-server ${host}:9092 --create --topic orders --replica-assignment ${node} > /dev/null 2>&1; do sleep 0.5; done`,
    `seq -f 'order-%02g' 1 ${RECORDS} | ./bin/kafka-console-producer --bootstrap-server ${host}:9092 --topic orders`,
  ].join(' && '),
})

type Directories = { first: string[]; now: string[] } | null

/** Ids of the log directories with which a broker registered: the first time in this room, and the last. */
export function dataDirectories(history: HistoryView, broker: number): Directories {
  const registered = history.records({
    type: 'REGISTER_BROKER_RECORD',
    where: ({ brokerId }) => brokerId === broker,
    all: true,
  })
  const [first, last] = [registered[0], registered.at(-1)]
  if (!first || !last) return null
  const of = (record: typeof first) => (fieldsOf(record).logDirs as string[] | undefined) ?? []
  return { first: of(first), now: of(last) }
}

/** Every directory that the broker had is there again. */
export function directoriesAre(directories: Directories, broker: number): Verdict {
  if (!directories) return missing(`Broker ${broker} has not registered yet.`)
  const { first, now } = directories
  const gone = first.filter((one) => !now.includes(one))
  if (gone.length > 0)
    return missing(
      `Broker ${broker} registered with directory ${now.join(', ')}; the one that it had, ${gone.join(', ')}, is not among them. A disk that is formatted is another disk.`,
    )
  return passed(`Broker ${broker} registered with directory ${first.join(', ')} again.`, { directories: first })
}

/** The topic has as many different records as were written into it. */
export function recordsAre(
  fact: Fact<{ records: { value: string | null }[]; complete: boolean }>,
  wanted: number,
): Verdict {
  if (fact.state === 'not-fetched') return missing('The records were not read yet.')
  if (fact.state === 'failed') return missing(`The records could not be read: ${fact.why}.`)
  const found = new Set(fact.value.records.map(({ value }) => value)).size
  return found >= wanted
    ? passed(`All ${wanted} records are there.`)
    : missing(`${found} of ${wanted} records are there.`)
}
