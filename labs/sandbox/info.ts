import type { Readable } from 'node:stream'

/**
 * Which process bubblewrap started, as it says in JSON on its info fd. Reads to the end: it writes in pieces, and a pipe
 * that is closed on it kills it.
 * @throws Error if it says nothing
 */
export async function childPid(info: Readable): Promise<number> {
  let text = ''
  for await (const chunk of info) text += chunk
  const pid = Number(/"child-pid": (\d+)/.exec(text)?.[1])
  if (!pid) throw new Error('bubblewrap did not say which process it started')
  return pid
}
