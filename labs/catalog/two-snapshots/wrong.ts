import { answer, defineWrong, fault, read, run, waitFor } from '#labs/engine/solution.ts'

const META = '/var/lib/kafka/data/__cluster_metadata-0'
const ON_CONTROLLER = { host: 'controller-1' }
const ON_CLIENT = { host: 'client' }
const TOPICS = './bin/kafka-topics --bootstrap-server broker-1:9092'
const SET = './bin/kafka-configs --bootstrap-server broker-1:9092 --alter --topic orders --add-config retention.ms'
/** The next is 20 seconds away then, less what is written meanwhile. */
const AFTER_A_SNAPSHOT = run(
  `n=$(ls ${META}/*.checkpoint | wc -l); until [ $(ls ${META}/*.checkpoint | wc -l) -gt $n ]; do sleep 0.2; done`,
  ON_CONTROLLER,
)
const EMPTY_DRAFTS = `echo '{"version":1,"partitions":[{"topic":"drafts","partition":0,"offset":-1}]}' > drafts.json; ./bin/kafka-delete-records --bootstrap-server broker-1:9092 --offset-json-file drafts.json`

export default defineWrong({
  up: {
    why: 'the controller alone: nobody serves yet',
    do: [
      fault({ action: 'start', host: 'controller-1' }),
      waitFor((see) => see.clusters[0]?.leader === 101, 'controller-1 leads'),
    ],
  },
  'two-topics': {
    why: 'both topics, but orders with one partition',
    do: [run(`${TOPICS} --create --topic orders`, ON_CLIENT), run(`${TOPICS} --create --topic drafts`, ON_CLIENT)],
  },
  'snapshot-a': {
    why: 'the newest snapshot has orders and not yet drafts',
    do: [
      run(`${TOPICS} --create --topic orders --partitions 3`, ON_CLIENT),
      AFTER_A_SNAPSHOT,
      run(`${TOPICS} --create --topic drafts`, ON_CLIENT),
    ],
  },
  'set-thrice': {
    why: 'set three times to the same value: one record',
    do: [1, 2, 3].map(() => run(`${SET}=3600000`, ON_CLIENT)),
  },
  grown: {
    why: 'another topic of that name has five partitions',
    do: [
      run(`${TOPICS} --delete --topic orders`, ON_CLIENT),
      run(`${TOPICS} --create --topic orders --partitions 5`, ON_CLIENT),
    ],
  },
  deleted: {
    why: 'what is in the topic is deleted, not the topic',
    do: [run(EMPTY_DRAFTS, ON_CLIENT)],
  },
  'snapshot-b': {
    why: 'the newest snapshot lacks the last of the changes',
    do: [
      ...[3_600_000, 7_200_000, 86_400_000].map((ms) => run(`${SET}=${ms}`, ON_CLIENT)),
      run(`${TOPICS} --alter --topic orders --partitions 5`, ON_CLIENT),
      AFTER_A_SNAPSHOT,
      run(`${TOPICS} --delete --topic drafts`, ON_CLIENT),
    ],
  },
  'compare-answer': {
    why: 'how many are in B and not in A',
    do: [
      run(
        `d() { ./bin/kafka-dump-log --cluster-metadata-decoder --files $1/*.checkpoint | grep -o '{"type".*'; }; echo "in B alone: $(diff <(d ~/a) <(d ~/b) | grep -c '^>')"`,
        ON_CONTROLLER,
      ),
      answer('compare', read(/in B alone: (\d+)/, ON_CONTROLLER)),
    ],
  },
  'origin-answer': {
    why: 'the offset that the record has in the file of B',
    do: [
      run(
        `./bin/kafka-dump-log --cluster-metadata-decoder --files ~/b/*.checkpoint | grep '"retention.ms"' | grep -o 'offset: [0-9]*'`,
        ON_CONTROLLER,
      ),
      answer('origin', read(/offset: (\d+)/, ON_CONTROLLER)),
    ],
  },
})
