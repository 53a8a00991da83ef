import { defineWrong, fault, hasPassed, hasStopped, run, waitFor } from '#labs/engine/solution.ts'
import { drain, elect, moved, planned, reassign, restarted, started, stopped, unregister } from './solution.ts'

/** A broker that is let has joined by then. */
const JOINING_SECONDS = 8
/** Longer than a write may wait at most. */
const OUTAGE_SECONDS = 12

export default defineWrong({
  joined: {
    why: 'its process runs, and no link reaches it',
    do: [
      fault({ action: 'isolate', host: 'broker-3' }),
      fault({ action: 'start', host: 'broker-3' }),
      waitFor(
        (see) => see.clusters[0]!.nodes.some(({ host, process }) => host === 'broker-3' && process === 'running'),
        'its process',
      ),
      run(`sleep ${JOINING_SECONDS}`, { host: 'client' }),
    ],
  },
  throttled: { why: 'without a throttle', do: [planned, reassign('move.json', '--execute')] },
  moved: {
    why: 'it is cancelled',
    do: [planned, started, waitFor(hasPassed('throttled'), 'it to begin'), reassign('move.json', '--cancel')],
  },
  unthrottled: { why: 'nobody looks whether it is done', do: [planned, started, moved] },
  'led-back': {
    why: 'the election is asked for the partition that had not moved',
    do: [...restarted, elect('--topic orders --partition 0')],
  },
  drained: { why: 'it is stopped with all that it has', do: stopped },
  unregistered: { why: 'it is empty and down, and still registered', do: [...drain, ...stopped] },
  'nothing-lost': {
    why: 'one of the two that are left is killed, and nobody can write for a while',
    do: [
      ...drain,
      fault({ action: 'kill', host: 'broker-3' }),
      waitFor(hasStopped('broker-3'), 'broker-3 gone'),
      run(`sleep ${OUTAGE_SECONDS}`, { host: 'client' }),
      fault({ action: 'start', host: 'broker-3' }),
      ...stopped,
      unregister,
    ],
  },
})
