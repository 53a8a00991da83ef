/** CRC-32C (Castagnoli), eight bytes a step: Node's zlib has only the other CRC-32. */
const POLYNOMIAL = 0x82f63b78
const SLICES = 8

const tables: Int32Array[] = []
for (let slice = 0; slice < SLICES; slice++) {
  const table = new Int32Array(256)
  for (let byte = 0; byte < 256; byte++) {
    let value = slice === 0 ? byte : (tables[slice - 1]?.[byte] ?? 0)
    if (slice === 0) for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1
    else value = (value >>> 8) ^ (tables[0]?.[value & 0xff] ?? 0)
    table[byte] = value
  }
  tables.push(table)
}
const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as [
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
]

/** @returns the checksum as an unsigned 32-bit number */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let crc = -1
  let at = start
  // every index below is within its table or the range checked by the loop
  for (; at + SLICES <= end; at += SLICES)
    crc =
      (t7[(crc ^ (bytes[at] as number)) & 0xff] as number) ^
      (t6[((crc >>> 8) ^ (bytes[at + 1] as number)) & 0xff] as number) ^
      (t5[((crc >>> 16) ^ (bytes[at + 2] as number)) & 0xff] as number) ^
      (t4[(crc >>> 24) ^ (bytes[at + 3] as number)] as number) ^
      // these do not wait for the last step
      ((t3[bytes[at + 4] as number] as number) ^
        (t2[bytes[at + 5] as number] as number) ^
        (t1[bytes[at + 6] as number] as number) ^
        (t0[bytes[at + 7] as number] as number))
  for (; at < end; at++) crc = (crc >>> 8) ^ (t0[(crc ^ (bytes[at] as number)) & 0xff] as number)
  return ~crc >>> 0
}
