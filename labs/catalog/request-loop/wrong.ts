import { defineWrong, fault, predict, run, waitFor } from '#labs/engine/solution.ts'
import { crowd, folder, perf, squeezed, stop, threads } from './solution.ts'

const guess = predict('batching', '200')

export default defineWrong({
  serves: {
    why: 'it is started where no link leads to the controller',
    do: [
      ...stop,
      fault({ action: 'isolate', host: 'broker-1' }),
      run('./bin/kafka-server-start -daemon config/broker.properties', { host: 'broker-1' }),
      waitFor(
        (see) => see.clusters[0]?.nodes.find(({ host }) => host === 'broker-1')?.process === 'running',
        'the process of broker-1',
      ),
    ],
  },
  'no-linger': { why: 'it waits 50 ms', do: [guess, folder, perf('linger-0', 20_000, 2_000, 50, 16_384)] },
  linger: { why: 'larger batches', do: [guess, folder, perf('linger-100', 20_000, 2_000, 100, 300_000)] },
  'large-batch': { why: 'smaller batches', do: [guess, folder, perf('linger-100-large', 20_000, 2_000, 100, 16_384)] },
  'long-linger': {
    why: 'a shorter linger',
    do: [guess, folder, perf('linger-1500-large', 20_000, 2_000, 100, 300_000)],
  },
  'full-speed': {
    why: 'small batches, both times',
    do: [perf('full-speed-small', 300_000, -1, 0, 16_384), perf('full-speed-large', 300_000, -1, 0, 16_384)],
  },
  waits: {
    why: 'the crowd has gone before it has one thread',
    do: [squeezed(), crowd, threads(4), threads(2), threads(1)],
  },
  'threads-again': { why: 'four of eight', do: [threads(2), threads(4)] },
})
