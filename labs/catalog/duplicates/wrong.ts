import { answer, defineWrong, predict } from '#labs/engine/solution.ts'
import { ready } from '../nodes.ts'
import solution, { begun, create, NOT_IDEMPOTENT, over, pause, send, slowly } from './solution.ts'

export default defineWrong({
  twice: {
    why: 'the producer is idempotent',
    do: [ready, create('plain'), slowly('plain'), begun('plain'), pause, over],
  },
  'without-answer': {
    why: 'how many were to be there',
    do: [...solution.without!.slice(0, -1), answer('without', '150')],
  },
  once: {
    why: 'an idempotent producer, and nothing that made it send anything again',
    do: [predict('with', 'once'), create('once'), slowly('once'), begun('once'), over],
  },
  'two-producers': {
    why: 'twice, but without idempotence',
    do: [create('again'), send(NOT_IDEMPOTENT), send(NOT_IDEMPOTENT)],
  },
})
