import { defineWrong, fault, hasPassed, run, waitFor } from '#labs/engine/solution.ts'
import { cutsAreThere, heal, ready } from '../nodes.ts'
import { alone, before, create, split, together } from './solution.ts'

export default defineWrong({
  ready: {
    why: 'one broker that has a record is enough',
    do: [ready, create(1), before],
  },
  apart: {
    why: 'the broker on the leader’s side follows',
    do: [split('broker-2'), cutsAreThere],
  },
  'new-leader': {
    why: 'the links are whole again before the leader is missed',
    do: [split('broker-1'), heal],
  },
  'taken-over': {
    why: 'the links are whole again before the new leader has missed the broker',
    do: [split('broker-1'), waitFor(hasPassed('new-leader'), 'the new leader'), heal],
  },
  'only-here': {
    why: 'only the other side is written to',
    do: [together],
  },
  committed: {
    why: 'only the broker that is alone is written to',
    do: [alone],
  },
  'one-log': {
    why: 'the network is whole, and the broker that was alone is dead',
    do: [fault({ action: 'kill', host: 'broker-1' }), heal],
  },
  kept: {
    why: 'the topic was deleted before the network was whole again',
    do: [run('./bin/kafka-topics --bootstrap-server broker-2:9092 --delete --topic orders', { host: 'client' }), heal],
  },
})
