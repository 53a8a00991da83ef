import { answer, defineWrong, hasPassed, waitFor } from '#labs/engine/solution.ts'
import { configure, create, forget, upAndRunning, write } from './solution.ts'

export default defineWrong({
  'compacted-topic': {
    why: 'segments of half a second, and old ones are deleted as usual',
    do: [upAndRunning, create('delete')],
  },
  written: {
    why: 'six records, each with a key of its own: nothing is superseded',
    do: [upAndRunning, create('compact'), write('apple:1', 'pear:1', 'plum:1', 'fig:1', 'date:1', 'lime:1')],
  },
  superseded: {
    why: 'another record, and no other segment: all of it is in the active one',
    do: [configure('segment.ms=604800000'), write('plum:2')],
  },
  'clean-answer': {
    why: 'the offset that was asked for',
    do: [write('plum:2'), waitFor(hasPassed('superseded'), 'the cleaner'), answer('clean', '1')],
  },
  'tombstone-kept': {
    why: 'an empty value instead of none: a record as any other, which stays',
    do: [write('pear:'), write('apple:4')],
  },
  'second-tombstone': {
    why: 'a tombstone of a key that never had a record',
    do: [configure('delete.retention.ms=1000'), ...forget('fig', 'apple:5')],
  },
  forgotten: {
    why: 'its time is over, and nothing is dirty: the cleaner has no reason to come',
    do: [
      configure('delete.retention.ms=1000'),
      ...forget('plum', 'apple:5'),
      waitFor(hasPassed('second-tombstone'), 'the second tombstone'),
    ],
  },
})
