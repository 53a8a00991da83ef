/** JSON objects a line over a stream, with a cap on a line so that no sender can fill the reader's memory. */
import type { Duplex } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

/** A whole screen with scrollback, or 500 records with values, is well below. */
export const MAX_LINE_CHARS = 16 * 2 ** 20

/**
 * @param broken called once, when a line is too long or not JSON; the stream is then destroyed
 * @param options.skipsBroken a line that is not JSON is passed over: its sender may have been killed in the middle of it
 */
export function readLines(
  stream: Duplex,
  line: (value: unknown) => void,
  broken: (why: string) => void,
  { skipsBroken = false } = {},
): void {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  stream.on('data', (chunk: Buffer) => {
    rest += decoder.write(chunk)
    if (rest.length > MAX_LINE_CHARS) return fail('a line is too long')
    let end = rest.indexOf('\n')
    let from = 0
    while (end >= 0) {
      const value = parsed(rest.slice(from, end))
      if (value !== undefined) line(value)
      else if (!skipsBroken) return fail('a line is not JSON')
      // The listener may have ended the stream.
      if (stream.destroyed) return
      from = end + 1
      end = rest.indexOf('\n', from)
    }
    rest = rest.slice(from)
  })
  const fail = (why: string) => {
    rest = ''
    stream.removeAllListeners('data')
    stream.destroy()
    broken(why)
  }
}

/** @returns undefined where it is not JSON */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** @param drained called when the line has left the process */
export const writeLine = (stream: Duplex, value: unknown, drained?: () => void): void => {
  if (!stream.destroyed && stream.writable) stream.write(`${JSON.stringify(value)}\n`, drained)
  else drained?.()
}
