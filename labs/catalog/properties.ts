/** A properties file as java.util.Properties.load reads it: what a learner wrote is judged by what Java would make of it. */
import type { Fact } from '#labs/engine/define.ts'
import type { FileContent } from '#labs/protocol/observation.ts'

/** Of a node's properties, by name; the end of a sentence where they cannot be read. */
export function propertiesOf(fact: Fact<FileContent | null> | undefined): Map<string, string> | string {
  if (fact?.state === 'failed') return `its configuration cannot be read: ${fact.why}.`
  if (fact?.state !== 'fetched') return 'its configuration is being read.'
  if (!fact.value?.text) return 'its configuration is gone.'
  return parseProperties(fact.value.text)
}

/** @returns values by key, as the last line of a key has it */
export function parseProperties(text: string): Map<string, string> {
  const values = new Map<string, string>()
  for (const line of logicalLines(text)) {
    const { key, rest } = keyOf(line)
    // One separator, with blanks around it, or blanks alone.
    values.set(unescaped(key), unescaped(rest.replace(/^[ \t\f]*[=:]?[ \t\f]*/, '')))
  }
  return values
}

/** Without comments and blank lines; a backslash at the end of a line joins the next one, without its indentation. */
function logicalLines(text: string): string[] {
  const lines: string[] = []
  let open: string | null = null
  for (const natural of text.split(/\r\n|\r|\n/)) {
    const line = natural.replace(/^[ \t\f]+/, '')
    if (open === null && (line === '' || /^[#!]/.test(line))) continue
    const whole: string = (open ?? '') + line
    const backslashes: number = /\\*$/.exec(line)?.[0].length ?? 0
    const goesOn: boolean = backslashes % 2 === 1
    open = goesOn ? whole.slice(0, -1) : null
    if (!goesOn) lines.push(whole)
  }
  if (open !== null && open !== '') lines.push(open)
  return lines
}

function keyOf(line: string): { key: string; rest: string } {
  for (let at = 0; at < line.length; at++) {
    if (line[at] === '\\') at++
    else if (/[=: \t\f]/.test(line[at]!)) return { key: line.slice(0, at), rest: line.slice(at) }
  }
  return { key: line, rest: '' }
}

const ESCAPES: Record<string, string> = { t: '\t', r: '\r', n: '\n', f: '\f' }
const unescaped = (text: string): string =>
  text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, code: string | undefined, one: string) =>
    code === undefined ? (ESCAPES[one] ?? one) : String.fromCharCode(Number.parseInt(code, 16)),
  )
