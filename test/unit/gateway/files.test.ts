/** What a browser may ask of a lab's files. */
import { expect, test } from 'vitest'
import { MAX_MESSAGE_BYTES } from '#labs/gateway/live.ts'
import { EDITOR_CAPS } from '#labs/protocol/files.ts'
import { toGateway } from '#labs/protocol/live.ts'

const saving = (bytes: number, path = 'a') => ({
  type: 'file.save',
  path,
  content: Buffer.alloc(bytes, 'ä').toString('base64'),
  was: 'f'.repeat(64),
})

test('the largest file that is read can be saved: it fits into one message', () => {
  const largest = saving(EDITOR_CAPS.bytes, Array.from({ length: 4 }, () => 'ä'.repeat(49)).join('/'))
  expect(toGateway.safeParse(largest).success).toBe(true)
  expect(Buffer.byteLength(JSON.stringify(largest))).toBeLessThan(MAX_MESSAGE_BYTES)
  expect(toGateway.safeParse(saving(EDITOR_CAPS.bytes + 3)).success).toBe(false)
})

test('nothing is saved or read by a path that leaves the directory, or by what is no base64', () => {
  for (const path of ['../a', '/etc/passwd', 'a/../../b', 'a\nb', ''])
    for (const message of [saving(1, path), { type: 'file.read', path }])
      expect(toGateway.safeParse(message).success, path).toBe(false)
  expect(toGateway.safeParse({ ...saving(1), content: 'not base64' }).success).toBe(false)
})
