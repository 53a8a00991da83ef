import { defineWrong, hasPassed, predict, run, waitFor } from '#labs/engine/solution.ts'
import { brokersUnfenced } from '../nodes.ts'
import { groupsTool, read, timeOf } from './solution.ts'

export default defineWrong({
  'read-all': {
    why: 'it stops after ten records',
    do: [waitFor(brokersUnfenced, 'the broker unfenced'), read('--max-messages 10')],
  },
  shifted: {
    why: 'five back in both partitions',
    do: [predict('back', '5'), groupsTool('--reset-offsets --topic orders --shift-by -5 --execute')],
  },
  again: {
    why: 'its offsets are moved to the end: nobody read',
    do: [
      predict('back', '5'),
      groupsTool('--reset-offsets --topic orders:0 --shift-by -5 --execute'),
      waitFor(hasPassed('shifted'), 'the group five back'),
      groupsTool('--reset-offsets --topic orders --to-latest --execute'),
    ],
  },
  'since-release': {
    why: 'the time of the last record before it',
    do: [timeOf('tail', 'app-1'), groupsTool('--reset-offsets --topic orders --to-datetime $at --execute')],
  },
  copied: {
    why: 'the other group is at the end of the topic',
    do: [groupsTool('--reset-offsets --topic orders --to-latest --execute', 'audit')],
  },
  forgotten: {
    why: 'the offsets of both partitions are deleted',
    do: [
      run(
        './bin/kafka-consumer-groups --bootstrap-server node-1:9092 --group billing --delete-offsets --topic orders',
        { host: 'client' },
      ),
    ],
  },
})
