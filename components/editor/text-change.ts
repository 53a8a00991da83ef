/** How lines end in a file, and where two texts differ. */

/** CodeMirror would write every line's end as one of its own: a file keeps what it has. Mixed ones stay as they are. */
export const lineEnd = (text: string): '\r\n' | '\n' =>
  text.includes('\n') && !/(^|[^\r])\n/.test(text) ? '\r\n' : '\n'

export const withLineEnds = (text: string, end: string): string => text.replace(/\r\n?|\n/g, end)

/** What is between the beginning and the end that both share: the cursor stays where nothing changed. */
export function difference(before: string, after: string): { from: number; to: number; afterTo: number } {
  const most = Math.min(before.length, after.length)
  let from = 0
  while (from < most && before[from] === after[from]) from++
  let end = 0
  while (end < most - from && before[before.length - 1 - end] === after[after.length - 1 - end]) end++
  return { from, to: before.length - end, afterTo: after.length - end }
}
