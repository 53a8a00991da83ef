import { answer, defineSolution, hasPassed, predict, read, run, waitFor } from '#labs/engine/solution.ts'

const META = '/var/lib/kafka/data/__cluster_metadata-0'
const ON_CONTROLLER = { host: 'controller-1' }
const ON_CLIENT = { host: 'client' }
const TOPICS = './bin/kafka-topics --bootstrap-server broker-1:9092'
const DUMP = './bin/kafka-dump-log --cluster-metadata-decoder --files'

const keepNewest = (folder: string) =>
  run(`rm -rf ${folder} && mkdir ${folder} && cp $(ls ${META}/*.checkpoint | tail -n 1) ${folder}`, ON_CONTROLLER)
const setTo = (ms: number) =>
  run(`./bin/kafka-configs --bootstrap-server broker-1:9092 --alter --topic orders --add-config retention.ms=${ms}`, {
    host: 'client',
  })
const linesOf = (folder: string, file: string) =>
  run(`${DUMP} ${folder}/*.checkpoint | grep -o '{"type".*' > ${file}`, ON_CONTROLLER)

export default defineSolution({
  start: [
    predict('start', '16'),
    run('./bin/kafka-server-start -daemon config/controller.properties', ON_CONTROLLER),
    run('./bin/kafka-server-start -daemon config/broker.properties', { host: 'broker-1' }),
  ],
  first: [
    predict('first', '2'),
    run(`${TOPICS} --create --topic orders --partitions 3`, ON_CLIENT),
    run(`${TOPICS} --create --topic drafts`, ON_CLIENT),
    waitFor(hasPassed('snapshot-a'), 'snapshot A'),
    keepNewest('~/a'),
  ],
  change: [
    predict('change', '3'),
    setTo(3_600_000),
    setTo(7_200_000),
    setTo(86_400_000),
    run(`${TOPICS} --alter --topic orders --partitions 5`, ON_CLIENT),
    run(`${TOPICS} --delete --topic drafts`, ON_CLIENT),
    waitFor(hasPassed('snapshot-b'), 'snapshot B'),
    keepNewest('~/b'),
  ],
  compare: [
    predict('compare', '6'),
    linesOf('~/a', 'a.txt'),
    linesOf('~/b', 'b.txt'),
    run('echo "in A alone: $(diff a.txt b.txt | grep -c \'^<\')"', ON_CONTROLLER),
    answer('compare', read(/in A alone: (\d+)/, ON_CONTROLLER)),
  ],
  origin: [
    predict('origin', 'yes'),
    run(
      `${DUMP} $(ls ${META}/*.log | paste -sd, -) | grep '"retention.ms"' | grep -o 'offset: [0-9]*' | tail -n 1`,
      ON_CONTROLLER,
    ),
    answer('origin', read(/offset: (\d+)/, ON_CONTROLLER)),
  ],
})
