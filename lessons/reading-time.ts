/** English prose about a technical matter, read once. Brysbaert (2019) measured 238 a minute for non-fiction in general. */
const WORDS_A_MINUTE = 200

/** @param source of a lesson, MDX @returns minutes, at least 1; words in code and in outputs count as any other */
export function readingMinutes(source: string): number {
  const words = source
    .replace(/^---\n[\s\S]*?\n---\n/, '')
    .replace(/<\/?[A-Za-z][^>]*>/g, ' ')
    .match(/[\p{L}\p{N}][\p{L}\p{N}'’._-]*/gu)
  return Math.max(1, Math.round((words?.length ?? 0) / WORDS_A_MINUTE))
}
