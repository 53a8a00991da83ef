/** A change of a program that is shown in a lesson or a solution: whole lines that take the place of others. */

/** Lines with line feeds between, none at the end. */
export type LineChange = { from: string; to: string }
/** `at`: the character at which the new lines begin */
export type ChangeResult =
  | { state: 'changed'; text: string; at: number }
  /** those that take their place are there already */
  | { state: 'done'; at: number }
  /** its lines are not there; or they are, more than once */
  | { state: 'absent' | 'twice' }

export function changeLines(text: string, { from, to }: LineChange): ChangeResult {
  const places = placesOf(text, from)
  const [done] = placesOf(text, to)
  if (done !== undefined && (places.length === 0 || to.includes(from))) return { state: 'done', at: done }
  const [at] = places
  if (at === undefined) return { state: 'absent' }
  if (places.length > 1) return { state: 'twice' }
  return { state: 'changed', at, text: text.slice(0, at) + to + text.slice(at + from.length) }
}

/** Where these lines begin, each of them whole. */
function placesOf(text: string, lines: string): number[] {
  const places: number[] = []
  if (lines === '') return places
  for (let at = text.indexOf(lines); at >= 0; at = text.indexOf(lines, at + 1)) {
    const end = at + lines.length
    if ((at === 0 || text[at - 1] === '\n') && (end === text.length || text[end] === '\n')) places.push(at)
  }
  return places
}
