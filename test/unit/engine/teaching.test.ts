import { join } from 'node:path'
import { expect, test } from 'vitest'
import { missing } from '#labs/engine/define.ts'
import { LabSession } from '#labs/engine/lab-session.ts'
import { temporaryFolder } from '../../support/temporary.ts'
import { labOf } from '../../support/told.ts'

test('help, notes, messages and an extension are kept, told on the timeline, and there again after a restart', async () => {
  const file = join(await temporaryFolder(), 'history.ndjson')
  const open = () => LabSession.open({ id: 's', lab: labOf({ never: () => missing('Never.') }), learner: 'ada', file })
  const session = await open()
  session.say({ type: 'help', wanted: true })
  session.say({ type: 'noted', step: 'watch', text: 'Look at the epoch.', by: 'Ida' })
  session.say({ type: 'told', text: 'Five more minutes.', by: 'Ida' })
  session.say({ type: 'watch', is: 'begun', by: 'Ida' })
  session.say({ type: 'extended', until: 5_000_000_000_000, by: 'Ida' })
  await session.settled()
  const told = session.timeline.filter(({ kind }) => kind === 'class').map(({ says }) => says)
  expect(told).toEqual([
    'Asked for help',
    'Ida left a note: Look at the epoch.',
    'Ida to the class: Five more minutes.',
    'Ida watches the terminals',
    'Ida extended the lab session',
  ])
  const { teaching } = session
  expect(teaching).toMatchObject({
    helpSince: expect.any(Number),
    notes: [{ step: 'watch', text: 'Look at the epoch.', by: 'Ida' }],
    messages: [{ text: 'Five more minutes.', by: 'Ida' }],
    kept: { until: 5_000_000_000_000, by: 'Ida' },
  })
  await session.close()
  const again = await open()
  expect(again.teaching).toEqual(teaching)
  // Raised twice, it is up since the first time; lowered, it is down.
  again.say({ type: 'help', wanted: true })
  await again.settled()
  expect(again.teaching.helpSince).toBe(teaching.helpSince)
  again.say({ type: 'help', wanted: false })
  await again.settled()
  expect(again.teaching.helpSince).toBeNull()
  await again.close()
})
