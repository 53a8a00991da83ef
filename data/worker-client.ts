/** The gateway's side of data/worker.ts: its functions as promises. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { KraftlabError } from '#config/errors.ts'
import type { Places } from './database-file.ts'
import type { Answer, Call, DatabaseFunctions, Failure } from './worker.ts'

type Promised<Functions> = {
  [Name in keyof Functions]: Functions[Name] extends (...given: infer Given) => infer Result
    ? (...given: Given) => Promise<Awaited<Result>>
    : never
}
export type DatabaseWorker = Promised<DatabaseFunctions> & { close(): Promise<void> }

/** A call longer than SQLite's own busy time-out has lost its worker. */
const CALL_LIMIT_MS = 15_000

/**
 * @param script dist/database.mjs
 * @param died called when the worker ends by itself
 * @throws the worker's error where the database cannot be opened
 */
export async function openDatabaseWorker(
  script: string,
  places: Places,
  died: (error: Error) => void,
): Promise<DatabaseWorker> {
  const worker = new Worker(script, { workerData: places, stdout: false, stderr: false })
  const calls = new Map<number, { resolve(result: never): void; reject(error: Error): void; limit: NodeJS.Timeout }>()
  let last = 0
  let closing = false

  const opened = once(worker, 'message')
  await opened

  worker.on('message', (answer: Exclude<Answer, 'open'>) => {
    const waiting = calls.get(answer.call)
    if (!waiting) return
    settle(answer.call)
    if ('failure' in answer) waiting.reject(errorOf(answer.failure))
    else waiting.resolve(answer.result as never)
  })
  const onEnd = (error: Error) => {
    for (const [call, { reject }] of calls) {
      settle(call)
      reject(error)
    }
    if (!closing) died(error)
    closing = true
  }
  worker.on('error', onEnd)
  worker.on('exit', (code) => onEnd(new Error(`the database worker ended with status ${code}`)))

  function settle(call: number): void {
    clearTimeout(calls.get(call)?.limit)
    calls.delete(call)
  }

  const ask = (name: Call['name'], given: unknown[]): Promise<never> =>
    new Promise((resolve, reject) => {
      const call = ++last
      const limit = setTimeout(() => {
        settle(call)
        reject(new Error(`the database did not answer ${name} within ${CALL_LIMIT_MS / 1_000} s`))
      }, CALL_LIMIT_MS)
      calls.set(call, { resolve, reject, limit })
      worker.postMessage({ call, name, with: given } satisfies Call)
    })

  const close = async () => {
    closing = true
    await worker.terminate()
  }
  return new Proxy({ close } as DatabaseWorker, {
    get: (own, name: Call['name'] | 'close' | 'then') => {
      if (name === 'close') return own.close
      // A promise's resolution looks for `then`.
      if (name === 'then') return undefined
      return (...given: unknown[]) => ask(name, given)
    },
  })
}

const errorOf = ({ code, message }: Failure): Error => (code ? new KraftlabError(code, message) : new Error(message))
