/** The names of a directory as rows: each directory before what is in it. */
import type { DirectoryEntry } from '#labs/protocol/files.ts'

export type TreeRow = { path: string; name: string; depth: number; kind: DirectoryEntry['kind'] }

/** @param more paths that are shown too: files that are open, and not there (yet) @param folded directories whose inside is not shown */
export function treeRows(entries: DirectoryEntry[], more: string[], folded: ReadonlySet<string>): TreeRow[] {
  const kinds = new Map<string, DirectoryEntry['kind']>()
  for (const path of more) {
    kinds.set(path, 'file')
    for (const parent of parents(path)) kinds.set(parent, 'directory')
  }
  for (const { path, kind } of entries) kinds.set(path, kind)
  return [...kinds]
    .map(([path, kind]) => ({ path, kind, parts: path.split('/') }))
    .filter(({ path }) => !parents(path).some((parent) => folded.has(parent)))
    .sort((a, b) => compare(a.parts, b.parts))
    .map(({ path, kind, parts }) => ({ path, kind, name: parts.at(-1) ?? '', depth: parts.length - 1 }))
}

const parents = (path: string): string[] => [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index))

function compare(a: string[], b: string[]): number {
  for (const [at, part] of a.entries()) {
    const other = b[at]
    if (other === undefined) return 1
    if (part !== other) return part.localeCompare(other, 'en') || (part < other ? -1 : 1)
  }
  return a.length - b.length
}
