/** From 0 up to 1, and always the same for the same numbers, so that a step depends on the state and the event alone. */
export function random(...of: number[]): number {
  let hash = 0x9e3779b9
  for (const number of of) {
    hash = Math.imul(hash ^ number, 0x85ebca6b)
    hash ^= hash >>> 13
    hash = Math.imul(hash, 0xc2b2ae35)
    hash ^= hash >>> 16
  }
  return (hash >>> 0) / 2 ** 32
}
