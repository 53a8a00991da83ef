import { answer, defineWrong, hasPassed, waitFor } from '#labs/engine/solution.ts'
import { configure, consume, create, reset, serves, write } from './solution.ts'

export default defineWrong({
  tiered: { why: 'small segments, and one place', do: [serves, create(['segment.bytes=1048576'])] },
  written: { why: 'less than a segment', do: [write(1_000)] },
  offloaded: { why: 'copied, and kept on the broker', do: [configure('local.retention.ms=-2'), write()] },
  'offload-answer': {
    why: 'where the whole log begins',
    do: [write(), waitFor(hasPassed('offloaded'), 'the first segments gone'), answer('offload', '0')],
  },
  'from-zero': { why: 'some way into the log', do: [reset('--to-offset 20000')] },
  'read-back': {
    why: 'a few records',
    do: [reset('--to-earliest'), waitFor(hasPassed('from-zero'), 'the group at 0'), consume(100)],
  },
  expired: { why: 'sooner gone from the broker alone', do: [configure('local.retention.ms=500')] },
})
