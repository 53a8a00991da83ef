import { answer, defineWrong, fault, read, run, waitFor } from '#labs/engine/solution.ts'
import { CLIENT, format, revive, START, VOTERS } from './commands.ts'

const create = (topic: string, replicas: number) =>
  run(
    `./bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic ${topic} --replication-factor ${replicas}`,
    CLIENT,
  )

export default defineWrong({
  'in-use': { why: 'the topic has one replica', do: [create('orders', 1)] },
  'two-lost': {
    why: 'two are down, and their disks are whole',
    do: [
      create('orders', 2),
      waitFor((see) => see.clusters[0]!.leader !== null, 'a leader'),
      fault({ action: 'kill', host: 'controller-2' }),
      fault({ action: 'kill', host: 'controller-3' }),
    ],
  },
  'read-answer': {
    why: 'the directory id of the one that is left',
    do: [run(VOTERS, { host: 'controller-1' }), answer('read', read(/101 (\S{22})/, { host: 'controller-1' }))],
  },
  'leads-again': {
    why: 'formatted and started, with a directory id of its own',
    do: [format('controller-2'), run(START, { host: 'controller-2' })],
  },
  'decides-again': {
    why: 'the quorum leads, and nothing was created since',
    do: revive('controller-2', 102),
  },
  'third-replaced': {
    why: 'the third was given its old directory id by hand as well',
    do: [run(VOTERS, { host: 'controller-1' }), ...revive('controller-3', 103)],
  },
})
