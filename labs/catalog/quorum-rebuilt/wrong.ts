import { answer, defineWrong, fault, run, waitFor } from '#labs/engine/solution.ts'
import { controllers, follower, ready } from '../nodes.ts'
import { CLIENT, directoryOf, firstLost, format, lastLost, revive, START, survivor, VOTERS } from './commands.ts'

const create = (topic: string, replicas: number) =>
  run(
    `./bin/kafka-topics --bootstrap-server broker-1:9092 --create --topic ${topic} --replication-factor ${replicas}`,
    CLIENT,
  )

export default defineWrong({
  'in-use': { why: 'the topic has one replica', do: [ready, create('orders', 1)] },
  'two-lost': {
    why: 'two are down, and the disk of one is whole',
    do: [
      ready,
      create('orders', 2),
      fault((see) => ({ action: 'wipe', host: follower(see) })),
      waitFor((see) => controllers(see).filter(({ up }) => !up).length === 1, 'one down'),
      fault((see) => ({ action: 'kill', host: follower(see) })),
    ],
  },
  'read-answer': {
    why: 'the directory id of the one that is left',
    do: [run(VOTERS, { host: survivor }), answer('read', directoryOf(survivor))],
  },
  'leads-again': {
    why: 'formatted and started, with a directory id of its own',
    do: [format(firstLost), run(START, { host: firstLost })],
  },
  'decides-again': {
    why: 'the quorum leads, and nothing was created since',
    do: revive(firstLost),
  },
  'third-replaced': {
    why: 'the third was given its old directory id by hand as well',
    do: [run(VOTERS, { host: survivor }), ...revive(lastLost)],
  },
})
