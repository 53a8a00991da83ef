import { cluster, defineLab, missing, passed, step } from '#labs/engine/define.ts'
import type { HistoryView } from '#labs/engine/history-view.ts'
import { counted, partitionsOf, told } from '../quorum.ts'
import { fieldsOf, isAt, isRunning } from '../records.ts'
import { notANumber, numberIn } from '../snapshots.ts'

const PARTITIONS = 3
const REPLICAS = 2
const SIZE = { name: 'max.message.bytes', value: '2000000' }
const RETENTION = { name: 'retention.ms', value: '60000' }
const CONTROLLER = 101

export default defineLab({
  slug: 'metadata-records',
  title: 'What is in __cluster_metadata',
  course: 'kraft',
  module: 'metadata-log',
  minutes: 18,
  // One segment for as long as anybody looks on, so that one file has it all.
  clusters: { main: cluster({ controllers: 1, brokers: 2, running: false }) },
  hosts: ['client'],
  steps: [
    step('start', {
      title: 'Start the cluster',
      predict: {
        question:
          'Two brokers start for the first time. A BROKER_REGISTRATION_CHANGE_RECORD unfences a broker. How many records of that type will the log have when both brokers are at work?',
        refuse: notANumber,
        outcome: (given, { history }) => {
          const all = history.records({ type: 'BROKER_REGISTRATION_CHANGE_RECORD', all: true })
          const unfenced = all.filter((record) => fieldsOf(record).fenced === -1).length
          return {
            right: numberIn(given) === all.length,
            says: `There ${all.length === 1 ? 'was' : 'were'} ${all.length}, of which ${unfenced} unfenced a broker. In 4.3 each broker also tells once which of its log directories are cordoned.`,
          }
        },
      },
      checks: [
        {
          id: 'up',
          title: 'controller-1 leads, and both brokers are unfenced',
          judge: ({ cluster }) => isRunning(cluster, [1, 2]),
          hints: [
            'Three hosts have a node, and none runs. Each has a configuration in its directory config.',
            'Choose Start in the menus of controller-1, broker-1 and broker-2, or use kafka-server-start on each.',
            'On controller-1: ./bin/kafka-server-start -daemon config/controller.properties, and on both brokers: ./bin/kafka-server-start -daemon config/broker.properties',
          ],
        },
      ],
      ask: 'At which offset of the metadata log did broker 2 register?',
      judge: (given, { cluster, history }) => {
        const offset = numberIn(given)
        if (offset === null) return missing('An offset is a whole number.')
        const lives = history.records({
          type: 'REGISTER_BROKER_RECORD',
          where: ({ brokerId }) => brokerId === 2,
          all: true,
        })
        const now = lives.at(-1)
        if (!now) return missing('Broker 2 has not registered yet.')
        if (offset === now.offset)
          return passed(`Record ${offset} is its REGISTER_BROKER_RECORD, and ${offset} is its broker epoch.`, {
            offset,
          })
        if (lives.some((record) => record.offset === offset))
          return missing(`At ${offset} broker 2 registered in an earlier life. It has registered again since.`)
        return missing(isAt(offset, cluster, history))
      },
    }),
    step('create', {
      title: 'Create a topic',
      predict: {
        question: `Topic orders is to have ${PARTITIONS} partitions with ${REPLICAS} replicas each, and one setting of its own. How many records will its creation append?`,
        refuse: notANumber,
        outcome: (given, { passes }) => {
          const [first, last, settings] = ['first', 'last', 'settings'].map((what) => told(passes.created, what) ?? 0)
          const count = last! - first! + 1
          return {
            right: numberIn(given) === count,
            says: `It appended ${counted(count, 'record')}: 1 TOPIC_RECORD, ${counted(settings!, 'CONFIG_RECORD')} and ${counted(count - 1 - settings!, 'PARTITION_RECORD')}. Replicas are a list in the record of their partition.`,
          }
        },
      },
      checks: [
        {
          id: 'created',
          title: `Topic orders has ${PARTITIONS} partitions with ${REPLICAS} replicas each, and ${SIZE.name} of its own`,
          judge: ({ cluster, history }) => {
            const topic = cluster.topics.orders
            const partitions = partitionsOf(topic)
            if (!topic || partitions.length === 0) return missing('There is no topic orders.')
            if (partitions.length !== PARTITIONS)
              return missing(`orders has ${counted(partitions.length, 'partition')}; it should have ${PARTITIONS}.`)
            const few = partitions.find(({ replicas }) => replicas.length !== REPLICAS)
            if (few)
              return missing(
                `orders-${few.partition} has ${counted(few.replicas.length, 'replica')}; it should have ${REPLICAS}.`,
              )
            if (settingOf(cluster.configs, SIZE.name) !== SIZE.value)
              return missing(`${SIZE.name} of orders is not ${SIZE.value}.`)
            const records = creationOf(topic.id, history)
            const [first, last] = [records[0], records.at(-1)]
            if (!first || !last) return missing('Reading the records of orders.')
            const settings = records.filter(({ type }) => type === 'CONFIG_RECORD').length
            if (settings === 0)
              return missing(
                `orders got its setting later than its partitions. Delete it (--delete --topic orders), and create it with --config ${SIZE.name}=${SIZE.value}.`,
              )
            return passed(
              `orders has ${PARTITIONS} partitions with ${REPLICAS} replicas each. All that makes it came at once, ${counted(records.length, 'record')} without a gap.`,
              { first: first.offset, last: last.offset, settings },
            )
          },
          hints: [
            'One command does all of it. What is there to give to a topic besides its name?',
            'kafka-topics --create takes --partitions, --replication-factor and, for settings, --config name=value.',
            './bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic orders --partitions 3 --replication-factor 2 --config max.message.bytes=2000000',
          ],
        },
      ],
      ask: 'Which offset has the TOPIC_RECORD of orders?',
      judge: (given, { cluster, history }) => {
        const offset = numberIn(given)
        if (offset === null) return missing('An offset is a whole number.')
        const id = cluster.topics.orders?.id
        const named = history.records({ type: 'TOPIC_RECORD', where: ({ name }) => name === 'orders', all: true })
        const now = named.findLast((record) => fieldsOf(record).topicId === id)
        if (!now) return missing('There is no topic orders now. Create it again.')
        if (offset === now.offset) return passed(`Record ${offset} says that orders is topic ${id}.`, { offset })
        if (named.some((record) => record.offset === offset))
          return missing(`Record ${offset} was of a topic orders that was deleted. The one of now has another id.`)
        return missing(isAt(offset, cluster, history))
      },
    }),
    step('configure', {
      title: 'Change a setting',
      predict: {
        question: `One command sets two settings of orders: ${SIZE.name} to ${SIZE.value}, which it is already, and ${RETENTION.name} to ${RETENTION.value}. How many CONFIG_RECORDs will it append?`,
        refuse: notANumber,
        outcome: (given, { passes }) => {
          const count = told(passes['retention-set'], 'count') ?? 0
          return {
            right: numberIn(given) === count,
            says: `It appended ${counted(count, 'CONFIG_RECORD')}. There is one for each setting that changes, and none for a value that is there already.`,
          }
        },
      },
      checks: [
        {
          id: 'retention-set',
          title: `${RETENTION.name} of orders was set to ${RETENTION.value}`,
          judge: ({ history }) => {
            const settings = history.records({
              type: 'CONFIG_RECORD',
              where: ({ resourceName }) => resourceName === 'orders',
            })
            const own = settings.filter((record) => fieldsOf(record).name === RETENTION.name)
            const found = own.findLast((record) => fieldsOf(record).value === RETENTION.value)
            if (!found) {
              const other = own.findLast((record) => fieldsOf(record).value !== null)
              return missing(
                other
                  ? `Record ${other.offset} sets it to ${fieldsOf(other).value}.`
                  : `No record has set ${RETENTION.name} of orders since this step began.`,
              )
            }
            // What one command changes comes in one batch, and so at one time.
            const together = settings.filter(({ timestamp }) => timestamp === found.timestamp)
            return passed(`Record ${found.offset} sets ${RETENTION.name} of orders to ${RETENTION.value}.`, {
              offset: found.offset,
              count: together.length,
            })
          },
          hints: [
            'A topic’s settings can be changed while it is in use.',
            'kafka-configs --alter takes --topic orders and --add-config with a list: name=value,name=value.',
            './bin/kafka-configs --bootstrap-server broker-1:9092 --alter --topic orders --add-config max.message.bytes=2000000,retention.ms=60000',
          ],
        },
        {
          id: 'retention-removed',
          title: `${RETENTION.name} of orders was taken away again`,
          judge: ({ cluster, history, passes }) => {
            if (!passes['retention-set']) return missing(`${RETENTION.name} of orders has not been set yet.`)
            const value = settingOf(cluster.configs, RETENTION.name)
            if (value !== undefined) return missing(`${RETENTION.name} of orders is still set, to ${value}.`)
            const gone = removalsOf(history).at(-1)
            if (!gone || gone.offset < (told(passes['retention-set'], 'offset') ?? 0))
              return missing('No record has taken it away.')
            return passed(`orders has no ${RETENTION.name} of its own any more: the default counts.`)
          },
          hints: [
            'To set it to the default’s value is not the same as to have no value of its own.',
            'kafka-configs --alter has --delete-config beside --add-config.',
            './bin/kafka-configs --bootstrap-server broker-1:9092 --alter --topic orders --delete-config retention.ms',
          ],
        },
      ],
      ask: `At which offset was ${RETENTION.name} of orders taken away?`,
      judge: (given, { cluster, history, passes }) => {
        const offset = numberIn(given)
        if (offset === null) return missing('An offset is a whole number.')
        const removals = removalsOf(history)
        const last = removals.at(-1)
        if (!last || !passes['retention-removed']) return missing('It has not been taken away yet.')
        if (offset === last.offset)
          return passed(`Record ${offset} is a CONFIG_RECORD without a value: what it names is set no more.`, {
            offset,
          })
        if (removals.some((record) => record.offset === offset))
          return missing(`At ${offset} it was taken away before. It has been set, and taken away, once more.`)
        return missing(isAt(offset, cluster, history))
      },
    }),
    step('epoch', {
      title: 'A new epoch',
      predict: {
        question:
          'controller-1 is the only voter. When it is killed and started again, will it lead in the same leader epoch as before, or in a later one? same or later',
        refuse: (given) => (/^\s*(same|later)\s*$/i.test(given) ? null : 'Answer same or later.'),
        outcome: (given, { passes }) => {
          const epoch = told(passes['new-epoch'], 'epoch') ?? 0
          const before = told(passes['new-epoch'], 'before') ?? 0
          return {
            right: /later/i.test(given) === epoch > before,
            says: `It led in epoch ${before}, and leads in epoch ${epoch}. One who comes back knows that it led, and has to be elected all the same; no epoch has two elections.`,
          }
        },
      },
      checks: [
        {
          id: 'new-epoch',
          title: 'controller-1 was down, and leads in a new epoch',
          judge: ({ cluster, history }) => {
            const down = history.nodeDown({ host: 'controller-1' })
            if (!down.passed) return down
            if (cluster.leader !== CONTROLLER) return missing('controller-1 went down. It does not lead again yet.')
            const began = leaderChanges(history)
            const [former, now] = [began.at(-2), began.at(-1)]
            if (!former || !now || now.epoch !== cluster.epoch) return missing('Reading the records of the new epoch.')
            return passed(`Node ${CONTROLLER} leads in epoch ${now.epoch}; before, it led in epoch ${former.epoch}.`, {
              epoch: now.epoch,
              before: former.epoch,
            })
          },
          hints: [
            'Nothing is elected while the leader lives.',
            'pkill -9 -f kafka.Kafka kills a node; kafka-server-start starts it again. The menu of its host has both, too.',
            'On controller-1: pkill -9 -f kafka.Kafka, and then ./bin/kafka-server-start -daemon config/controller.properties',
          ],
        },
      ],
      ask: 'At which offset does the present leader epoch begin?',
      judge: (given, { cluster, history, passes }) => {
        const offset = numberIn(given)
        if (offset === null) return missing('An offset is a whole number.')
        if (!passes['new-epoch']) return missing('controller-1 has not been away yet.')
        const began = leaderChanges(history)
        const now = began.at(-1)
        if (cluster.leader === null || !now || now.epoch !== cluster.epoch)
          return missing('Nobody leads at the moment, so there is no present epoch.')
        if (offset === now.offset)
          return passed(`Record ${offset} is the LeaderChange with which epoch ${now.epoch} begins.`, { offset })
        const other = began.find((record) => record.offset === offset)
        if (other) return missing(`At ${offset} epoch ${other.epoch} began. The present one is ${now.epoch}.`)
        return missing(isAt(offset, cluster, history))
      },
    }),
  ],
})

const settingOf = (configs: Record<string, Record<string, string>>, name: string) => configs['topic:orders']?.[name]

/** The records that made a topic: from its TOPIC_RECORD on, for as long as they are its own. */
function creationOf(id: string, history: HistoryView) {
  const all = history.records({ all: true })
  const first = all.findLastIndex((record) => record.type === 'TOPIC_RECORD' && fieldsOf(record).topicId === id)
  if (first < 0) return []
  const isOwn = (at: number) => {
    const record = all[at]!
    const { topicId, resourceName } = fieldsOf(record)
    return record.offset === all[first]!.offset + at - first && (topicId === id || resourceName === 'orders')
  }
  let end = first
  while (end < all.length && isOwn(end)) end++
  return all.slice(first, end)
}

/** In which a setting of orders has no value any more. */
const removalsOf = (history: HistoryView) =>
  history.records({
    type: 'CONFIG_RECORD',
    where: ({ resourceName, name, value }) => resourceName === 'orders' && name === RETENTION.name && value === null,
    all: true,
  })
const leaderChanges = (history: HistoryView) => history.records({ type: 'LeaderChange', all: true })
