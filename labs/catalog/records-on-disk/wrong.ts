import { answer, defineWrong, hasPassed, read, run, waitFor } from '#labs/engine/solution.ts'
import { create, DIRECTORY, entry, FIRST, fill, produce, segment, upAndRunning } from './solution.ts'

const HERE = { host: 'node-1' }

export default defineWrong({
  'one-partition': {
    why: 'two partitions: records of different keys are in different files',
    do: [upAndRunning, create(2)],
  },
  'batch-written': {
    why: 'the same records, and a producer that waits for no others: batches of one or two',
    do: [upAndRunning, create(1), produce(FIRST, { options: '--command-property batch.size=0' })],
  },
  'next-batch': {
    why: 'the record goes to a topic of another name, which is created for it',
    do: [produce('erin:map\\n', { topic: 'parcel' })],
  },
  'next-answer': {
    why: 'where the batch begins, with its header',
    do: [
      produce('erin:map\\n'),
      waitFor(hasPassed('next-batch'), 'the next batch'),
      run(`./bin/kafka-dump-log --files ${DIRECTORY}/00000000000000000000.log`, HERE),
      answer('next', read(/position: (\d+) /, HERE)),
    ],
  },
  rolled: { why: 'past offset 1200, but one segment has room for all of them', do: [fill(1_300, 700)] },
  'fill-answer': {
    why: 'the segment before: its name is not past 1200 either',
    do: [fill(1_500), waitFor(hasPassed('rolled'), 'the second segment'), answer('fill', '00000000000000000000.log')],
  },
  'look-up-answer': {
    why: 'the entry behind it: from there on the record is not found any more',
    do: [segment, entry('$2 > 1200 && !p {p = $4}'), answer('look-up', read(/at byte (\d+)/, HERE))],
  },
})
