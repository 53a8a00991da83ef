/** What is laid into the room of a trial. */
import { expect, test } from 'vitest'
import type { Trial } from '#labs/engine/define.ts'
import { withDirectory } from '#labs/gateway/trial.ts'

const trial: Trial = {
  host: 'client',
  directory: '/home/learner/app',
  make: () => ({ given: {}, kept: {} }),
  command: './run',
}
const file = (host: string, path: string, text = 'the lab’s') => ({ host, path, text })

test('the learner’s directory takes the place of the lab’s, and of nothing else', () => {
  const others = [
    file('node-1', '/home/learner/app/run'),
    file('client', '/home/learner/app.txt'),
    file('client', '/home/learner/kafka/config/x'),
  ]
  const plan = {
    id: 'r',
    hosts: [],
    files: [file('client', '/home/learner/app/run'), file('client', '/home/learner/app/gone'), ...others],
  }
  const learners = new Map([['bin/run', Buffer.from([0xff, 0x0a])]])
  expect(withDirectory(plan, trial, learners).files).toEqual([
    ...others,
    { host: 'client', path: '/home/learner/app/bin/run', text: '/wo=', encoding: 'base64' },
  ])
})
