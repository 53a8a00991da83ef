import { expect, test } from 'vitest'
import { freePort } from '#supervisor/process.ts'

test('no port is given twice while the process that has it lives', async () => {
  // Of 22,000, some eight of so many would come twice by chance.
  const ports = await Promise.all(Array.from({ length: 600 }, () => freePort()))
  expect(new Set(ports).size).toBe(ports.length)
})
