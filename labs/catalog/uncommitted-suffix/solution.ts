import {
  answer,
  defineSolution,
  fault,
  hasPassed,
  leaderHost,
  predict,
  read,
  run,
  waitFor,
} from '#labs/engine/solution.ts'
import { cutsAreThere, heal, isolated, ready } from '../nodes.ts'

export const write = (host: string): string =>
  `timeout 8 ./bin/kafka-configs --bootstrap-controller ${host}:9093 --alter --entity-type brokers --entity-default --add-config message.max.bytes=2000000`

export default defineSolution({
  alone: [
    ready,
    // The terminal is there before the cut: the leader has 15 seconds.
    run('true', { host: leaderHost }),
    fault((see) => ({ action: 'isolate', host: leaderHost(see) })),
    cutsAreThere,
    run((see) => write(isolated(see).host), { host: (see) => isolated(see).host }),
    waitFor(hasPassed('new-leader'), 'the leader of the other side'),
  ],
  differ: [
    run('cat /var/lib/kafka/data/__cluster_metadata-0/leader-epoch-checkpoint', { host: leaderHost }),
    answer('differ', read(/^\d+ (\d+)\s*$/m, { host: leaderHost })),
  ],
  heal: [predict('heal', 'no'), heal],
})
