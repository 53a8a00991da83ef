import { answer, defineSolution, downHost, fault, hasPassed, predict, run, waitFor } from '#labs/engine/solution.ts'
import { controllers, follower, ready } from '../nodes.ts'

/** Snapshots of 20 s each, a retention of 30 s, and a cleaner that looks once a minute. */
const CLEANED_MS = 150_000
export const stopAFollower = [
  ready,
  fault((see) => ({ action: 'stop', host: follower(see) })),
  waitFor((see) => controllers(see).some(({ up }) => !up), 'a controller that is down'),
]

export default defineSolution({
  away: [...stopAFollower, waitFor(hasPassed('left-behind'), 'the cleaner', CLEANED_MS)],
  return: [
    predict('return', 'none'),
    run('./bin/kafka-server-start -daemon config/controller.properties', { host: downHost }),
    waitFor(hasPassed('fetched'), 'the snapshot'),
    answer('return', (see) => {
      const { says } = see.steps.flatMap(({ checks }) => checks).find(({ id }) => id === 'fetched')!
      return /begins at (\d+)/.exec(says)?.[1] ?? ''
    }),
  ],
})
