/** What a lab may declare for its editor. */
import { expect, test } from 'vitest'
import { cluster, defineLab, step } from '#labs/engine/define.ts'
import { IS_UP } from '../../support/small-lab.ts'

const lab = (editor: Parameters<typeof defineLab>[0]['editor']) =>
  defineLab({
    slug: 'small',
    title: 'Small',
    course: 'kraft',
    module: 'm',
    minutes: 1,
    clusters: { main: cluster({ controllers: 1, brokers: 1 }) },
    steps: [step('up', { title: 'Up', checks: [IS_UP] })],
    ...(editor === undefined ? {} : { editor }),
  })

test('a directory below the home of a host that is there, and commands for files below it', () => {
  expect(lab(undefined).editor).toBeNull()
  const editor = { host: 'broker-1', directory: '/home/learner/app' }
  expect(lab(editor).editor).toEqual({ ...editor, run: {} })
  expect(lab({ ...editor, run: { 'src/a.py': 'python3 ~/app/src/a.py' } }).editor?.run).toHaveProperty(['src/a.py'])
  for (const directory of [
    '/home/learner',
    '/home/learner/',
    '/home/learner/../other',
    '/etc',
    '/home/learner/a/',
    'app',
  ])
    expect(() => lab({ ...editor, directory }), directory).toThrow('below /home/learner/')
  expect(() => lab({ ...editor, host: 'client' })).toThrow('there is no host client')
  expect(() => lab({ ...editor, run: { '../a.py': 'python3 a.py' } })).toThrow()
  expect(() => lab({ ...editor, run: { 'a.py': '' } })).toThrow()
})
