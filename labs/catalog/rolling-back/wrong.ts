import { answer, defineWrong, fault, run } from '#labs/engine/solution.ts'
import { BROKER_HOSTS } from '../migration-files.ts'
import {
  controllersStopped,
  deleteController,
  forgetQuorum,
  intoZooKeeper,
  outage,
  raiseEpoch,
  TOPICS,
} from '../migration-solution.ts'

const CLIENT = { host: 'client' }

export default defineWrong({
  'where-answer': { why: 'a broker that ZooKeeper still knows', do: [answer('where', '2')] },
  'written-to-both': {
    why: 'a topic with another name',
    do: [run(`${TOPICS} --create --topic refund --replication-factor 3`, CLIENT)],
  },
  'brokers-in-zookeeper': {
    why: 'the file is right, and the broker has not read it',
    do: [...intoZooKeeper('broker-1').slice(0, 2)],
  },
  'quorum-down': {
    why: 'one of three controllers still runs',
    do: controllersStopped.slice(0, 4),
  },
  'broker-decides': {
    why: 'its entry is deleted, and a broker takes the office in an epoch below the quorum’s',
    do: [...controllersStopped, ...deleteController],
  },
  'without-quorum': {
    why: 'the files are changed, and one broker was not restarted',
    do: [
      ...forgetQuorum('broker-1'),
      ...forgetQuorum('broker-2'),
      run("sed -i -e '/migration.enable/d' -e '/^controller/d' config/server.properties", { host: 'broker-3' }),
    ],
  },
  'still-decides': {
    why: 'the topic has one replica',
    do: [
      ...controllersStopped,
      raiseEpoch,
      ...deleteController,
      run(`${TOPICS} --create --topic after --replication-factor 1`, CLIENT),
    ],
  },
  'nothing-lost': {
    why: 'two brokers were killed, so that writes stood still',
    do: [
      fault({ action: 'kill', host: 'broker-2' }),
      fault({ action: 'kill', host: 'broker-3' }),
      outage(17_000),
      fault({ action: 'start', host: 'broker-2' }),
      fault({ action: 'start', host: 'broker-3' }),
      ...BROKER_HOSTS.flatMap(forgetQuorum),
    ],
  },
})
