import type { Int64 } from '../codec/reader.ts'
import { ConnectionError } from './errors.ts'

/** An offset as a peer gave it. Beyond what a number says exactly no log reaches, and below 0 none begins. @throws ConnectionError */
export function offset(given: Int64, what: string): number {
  if (!isOffset(given)) throw new ConnectionError('nonsense', `${what}: an offset of ${given}`)
  return given
}

/** One that can be followed by another. */
export const isOffset = (given: Int64): given is number =>
  typeof given === 'number' && Number.isSafeInteger(given + 1) && given >= 0
