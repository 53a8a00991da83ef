import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { afterAll, expect, it } from 'vitest'
import { zipEntries } from '../../../scripts/setup/zip.mjs'
import { sharedFolder } from '../../support/folder.ts'

const folder = sharedFolder()
afterAll(folder.remove)

/** A zip file by hand: one entry deflated, one stored. */
function zip(entries: [string, string, boolean][]) {
  const locals: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const [name, text, deflate] of entries) {
    const data = deflate ? deflateRawSync(text) : Buffer.from(text)
    const local = Buffer.alloc(30 + name.length)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(name.length, 26)
    local.write(name, 30)
    const entry = Buffer.alloc(46 + name.length)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(deflate ? 8 : 0, 10)
    entry.writeUInt32LE(data.length, 20)
    entry.writeUInt16LE(name.length, 28)
    entry.writeUInt32LE(at, 42)
    entry.write(name, 46)
    locals.push(local, data)
    directory.push(entry)
    at += local.length + data.length
  }
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...locals, ...directory, end])
}

it('reads stored and deflated entries', () => {
  const path = join(folder.make('zip'), 'a.jar')
  const long = 'long '.repeat(1_000)
  const bytes = zip([
    ['a/long.json', long, true],
    ['short', 'short', false],
  ])
  writeFileSync(path, bytes)
  expect(zipEntries(path).map(({ name, read }) => [name, read().toString()])).toEqual([
    ['a/long.json', long],
    ['short', 'short'],
  ])
})

it('refuses what is no zip file', () => {
  const path = join(folder.make('no-zip'), 'a.jar')
  writeFileSync(path, 'x'.repeat(100))
  expect(() => zipEntries(path)).toThrow(/is not a jar file/)
})
