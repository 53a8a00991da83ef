/** Where a long name of a lesson may be broken. */
import { expect, test } from 'vitest'
import { hinged } from '#components/lesson/hinges.ts'

test.each([
  ['group.share.record.lock.duration.ms', ['group.', 'share.', 'record.', 'lock.', 'duration.ms']],
  ['transactional.id', ['transactional.', 'id']],
  ['RemoteLogMetadataManager', ['Remote', 'Log', 'Metadata', 'Manager']],
  ['RequestQueueTimeMs', ['Request', 'Queue', 'TimeMs']],
  ['OUT_OF_ORDER_SEQUENCE_NUMBER', ['OUT_', 'OF_', 'ORDER_', 'SEQUENCE_', 'NUMBER']],
  ['__share_group_state', ['__share_', 'group_', 'state']],
  ['...heartbeat.interval.ms', ['...heartbeat.', 'interval.ms']],
  ['by_duration:PT1H', ['by_', 'duration:', 'PT1H']],
])('%s', (word, parts) => {
  expect(hinged(word)).toEqual(parts)
})
