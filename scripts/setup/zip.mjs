/** Reads entries of a jar: the central directory, then stored or deflated bytes. Enough for Maven's jars. */
import { readFileSync } from 'node:fs'
import { inflateRawSync } from 'node:zlib'

const END_OF_DIRECTORY = 0x06054b50
const DIRECTORY_ENTRY = 0x02014b50
const END_BYTES = 22
const MAX_COMMENT_BYTES = 65_535
const STORED = 0

/**
 * @param {string} path
 * @returns {{ name: string, read: () => Buffer }[]}
 * @throws Error where it is not a zip file
 */
export function zipEntries(path) {
  const bytes = readFileSync(path)
  let end = bytes.length - END_BYTES
  const lowest = Math.max(0, end - MAX_COMMENT_BYTES)
  while (end >= lowest && bytes.readUInt32LE(end) !== END_OF_DIRECTORY) end -= 1
  if (end < lowest) throw new Error(`${path} is not a jar file`)
  const entries = []
  let at = bytes.readUInt32LE(end + 16)
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (bytes.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new Error(`${path} has a broken directory`)
    const method = bytes.readUInt16LE(at + 10)
    const size = bytes.readUInt32LE(at + 20)
    const nameBytes = bytes.readUInt16LE(at + 28)
    const header = bytes.readUInt32LE(at + 42)
    const name = bytes.toString('utf8', at + 46, at + 46 + nameBytes)
    entries.push({
      name,
      read: () => {
        const start = header + 30 + bytes.readUInt16LE(header + 26) + bytes.readUInt16LE(header + 28)
        const data = bytes.subarray(start, start + size)
        return method === STORED ? Buffer.from(data) : inflateRawSync(data)
      },
    })
    at += 46 + nameBytes + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return entries
}
