import { defineSolution, fault, hasPassed, leaderHost, predict, run, waitFor } from '#labs/engine/solution.ts'
import { follower, heal, ready } from '../nodes.ts'

export const deafen = fault((see) => ({ action: 'cut', from: leaderHost(see), to: follower(see) }))
export const create = run(
  './bin/kafka-topics --bootstrap-server broker-1:9092,broker-2:9092 --create --topic orders --replica-assignment 1:2',
  {
    host: 'client',
  },
)
/** From that broker to the active controller. */
export const mute = (broker: string) => fault((see) => ({ action: 'cut', from: broker, to: leaderHost(see) }))

export default defineSolution({
  deaf: [ready, predict('deaf', 'no'), deafen, waitFor(hasPassed('unheard'), 'ten seconds without its leader')],
  mute: [heal, create, mute('broker-1'), waitFor(hasPassed('fenced'), 'the broker to be fenced')],
  elsewhere: [
    fault((see) => ({ action: 'restart', host: leaderHost(see) })),
    waitFor(hasPassed('back'), 'the broker to be back'),
  ],
  heal: [heal],
})
