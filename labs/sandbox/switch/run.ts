/** A command of the switch's own on a host, with a learner's rights: whether it did what it says is seen elsewhere. */
import { randomBytes } from 'node:crypto'
import { KraftlabError } from '#config/errors.ts'
import type { FromSpawner } from '../spawner/protocol.ts'
import type { Host } from './host.ts'
import { LOGIN } from './processes.ts'

const MAX_OUTPUT_CHARS = 10_000

/**
 * As a login shell would run it.
 * @returns what it said, with its status
 * @throws KraftlabError HOST_UNAVAILABLE where it has not ended in time or the spawner went
 */
export function runAsLearner(host: Host, argv: string[], limitMs: number): Promise<{ status: number; said: string }> {
  const id = `switch-${randomBytes(6).toString('hex')}`
  let said = ''
  return new Promise((resolve, reject) => {
    const settle = (then: () => void) => {
      clearTimeout(limit)
      host.off('spawner', listen)
      then()
    }
    const fail = (why: string) => settle(() => reject(new KraftlabError('HOST_UNAVAILABLE', why)))
    const limit = setTimeout(() => fail(`${host.name} is too busy: ${argv[0]} did not end in time.`), limitMs)
    const listen = (event: FromSpawner) => {
      if (event.event === 'ready') return fail(`${host.name} was restarted meanwhile. Try again.`)
      if (!('id' in event) || event.id !== id) return
      if (event.event === 'failed') return fail(event.why)
      if (event.event === 'exit') return settle(() => resolve({ status: event.status, said }))
      if (event.event !== 'output') return
      host.order({ op: 'acknowledge', id, chars: event.data.length })
      said = (said + Buffer.from(event.data, 'base64').toString('utf8')).slice(-MAX_OUTPUT_CHARS)
    }
    host.on('spawner', listen)
    host.order({ op: 'process', id, argv: [...LOGIN, ...argv] })
  })
}
