/** A record may hold as much as a batch: what is sent on and kept for good is bounded. */
const MAX_CHARS = 64 * 1024
/** Of a record's value: of a larger one hardly ever so little comes, and decoding it takes its time. */
export const MAX_VALUE_BYTES = 128 * 1024

/** The same without bigints, which JSON lacks: those, beyond what a number can say exactly, become text. `chars` as JSON. */
export function jsonSafe(data: unknown): { data: unknown; chars: number } {
  const text = JSON.stringify(data, (_key, value) => (typeof value === 'bigint' ? value.toString() : value))
  return text.length > MAX_CHARS
    ? { data: { tooLarge: text.length }, chars: 32 }
    : { data: JSON.parse(text), chars: text.length }
}
