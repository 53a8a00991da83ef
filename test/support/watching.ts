/** A watcher and nodes that lie to it: gone when the test ends that made them. */
import { onTestFinished } from 'vitest'
import { FakeNode } from './fake-node.ts'
import { watchLoopback } from './loopback.ts'

export async function fake(...args: Parameters<typeof FakeNode.start>): Promise<FakeNode> {
  const node = await FakeNode.start(...args)
  onTestFinished(() => node.stop())
  return node
}

export function watch(...given: Parameters<typeof watchLoopback>) {
  const watched = watchLoopback(...given)
  onTestFinished(() => watched.watcher.close())
  return watched
}
