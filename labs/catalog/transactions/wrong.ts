import { answer, defineWrong, hasPassed, run, waitFor } from '#labs/engine/solution.ts'
import solution, { brokers, features, find, late, plain, ready, SERVER, till, VERIFICATION } from './solution.ts'

const CLIENT = { host: 'client' }

export default defineWrong({
  'held-back': {
    why: 'the record of no transaction was there before the transaction began',
    do: [ready, plain, till('a', 'open till-1', 'begin', 'send orders coffee', "send stock 'coffee -1'")],
  },
  committed: { why: 'the transaction is aborted', do: [till('a', 'abort')] },
  'commit-answer': {
    why: 'the epoch of the records',
    do: [till('a', 'commit'), waitFor(hasPassed('committed'), 'the markers'), answer('commit', '0')],
  },
  aborted: {
    why: 'a transaction is aborted that had written to the other topic only',
    do: [till('a', 'begin', "send stock 'tea -1'", 'abort')],
  },
  fenced: {
    why: 'the same program aborts, begins anew and commits',
    do: [till('a', 'begin', 'send orders milk', 'abort', 'begin', 'send orders juice', 'commit')],
  },
  hangs: {
    why: 'only transaction.version is taken back: the broker asks the coordinator, and refuses the late record',
    do: [features('downgrade', 1), ...late, run('sleep 20', CLIENT)],
  },
  freed: {
    why: 'the coordinator is told to end what its producer has open, and it knows of nothing',
    do: [
      run(`./bin/kafka-transactions ${SERVER} forceTerminateTransaction --transactionalId till-2`, CLIENT),
      find,
      features('upgrade', 2),
      brokers(`--delete-config ${VERIFICATION}`),
    ],
  },
  protected: {
    why: 'transaction.version is back, and brokers still ask nobody',
    do: [...solution.free!.slice(0, 2), features('upgrade', 2)],
  },
})
