import {
  answer,
  CTRL_C,
  defineWrong,
  downHost,
  fault,
  keys,
  leaderHost,
  run,
  shows,
  waitFor,
} from '#labs/engine/solution.ts'

const CLIENT = { host: 'client' }
const BROKERS = '--bootstrap-server broker-1:9092,broker-2:9092'
const aLeader = waitFor((see) => see.clusters[0]?.leader !== null, 'a leader')
const startOne = fault((see) => ({ action: 'start', host: downHost(see) }))

export default defineWrong({
  'in-use': {
    why: 'written and read by the group, but the topic has one replica',
    do: [
      run(`./bin/kafka-topics ${BROKERS} --create --topic orders --replication-factor 1`, CLIENT),
      run(`echo one | ./bin/kafka-console-producer ${BROKERS} --topic orders`, CLIENT),
      run(`./bin/kafka-console-consumer ${BROKERS} --topic orders --group billing --from-beginning`, {
        ...CLIENT,
        wait: false,
      }),
      shows(/one/, CLIENT),
      keys(CTRL_C, CLIENT),
    ],
  },
  'majority-lost': {
    why: 'two nodes are down, but one of them is a broker',
    do: [fault((see) => ({ action: 'kill', host: leaderHost(see) })), fault({ action: 'kill', host: 'broker-2' })],
  },
  'written-meanwhile': {
    why: 'the record is written when a voter is back and somebody leads',
    do: [startOne, aLeader, run(`echo late | ./bin/kafka-console-producer ${BROKERS} --topic orders`, CLIENT)],
  },
  'read-meanwhile': {
    why: 'of two records the group reads one',
    do: [
      run(
        `seq 2 | ./bin/kafka-console-producer ${BROKERS} --topic orders --command-property enable.idempotence=false`,
        CLIENT,
      ),
      run(`./bin/kafka-console-consumer ${BROKERS} --topic orders --group billing --max-messages 1`, CLIENT),
    ],
  },
  'serve-answer': {
    why: 'a call that works without a quorum',
    do: [answer('serve', 'listTopics')],
  },
  'leads-again': {
    why: 'a second voter runs again, but no link reaches it',
    do: [
      fault((see) => ({ action: 'isolate', host: downHost(see) })),
      startOne,
      waitFor(
        (see) => see.clusters[0]!.nodes.filter(({ up, roles }) => up && roles.includes('controller')).length === 2,
        'the second controller up',
      ),
    ],
  },
  'decides-again': {
    why: 'the topic has one replica',
    do: [
      startOne,
      aLeader,
      run(`./bin/kafka-topics ${BROKERS} --create --topic refunds --replication-factor 1`, CLIENT),
    ],
  },
  'whole-again': {
    why: 'everything works, but the third voter is still down',
    do: [
      startOne,
      aLeader,
      run(`./bin/kafka-topics ${BROKERS} --create --topic refunds --replication-factor 2`, CLIENT),
    ],
  },
})
