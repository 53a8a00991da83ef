import { defineWrong, hasPassed, predict, run, waitFor } from '#labs/engine/solution.ts'
import { badJob, endWorkers, giveBack, isUp, jobs, reader, worker } from './solution.ts'

const isThere = (tool: string, group: string) =>
  run(
    `until ./bin/${tool} --bootstrap-server node-1:9092 --group ${group} --describe --state 2> /dev/null | grep -q Stable; do sleep 1; done`,
    { host: 'client' },
  )

export default defineWrong({
  'one-idle': { why: 'one member alone', do: [isUp, reader, isThere('kafka-consumer-groups', 'readers')] },
  'both-read': {
    why: 'one member alone',
    do: [isUp, reader, reader, worker(), isThere('kafka-share-groups', 'workers')],
  },
  accepted: {
    why: 'what is delivered is given back, and not accepted',
    do: [endWorkers, worker(' --release --max-messages 1'), jobs],
  },
  released: {
    why: 'the record is rejected: it comes no more',
    do: [predict('release', '5'), endWorkers, badJob, giveBack('--reject --max-messages 1')],
  },
  archived: {
    why: 'it is accepted with its second delivery',
    do: [
      predict('release', '5'),
      endWorkers,
      badJob,
      giveBack('--release --max-messages 1'),
      waitFor(hasPassed('released'), 'the record given back'),
      giveBack('--max-messages 1'),
    ],
  },
})
