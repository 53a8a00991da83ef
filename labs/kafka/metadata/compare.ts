/** What lies between two states of the metadata. */
import { isTree, type MetadataLeaf, type MetadataTree } from './tree.ts'

/** `was` is absent for what was added, `is` for what was removed. */
export type TreeChange = {
  path: string[]
  kind: 'added' | 'removed' | 'changed'
  was?: MetadataTree | MetadataLeaf
  is?: MetadataTree | MetadataLeaf
}

/**
 * The differences in the order of the tree, each as deep as it goes: a leader that moved is one of a leaf, a topic that
 * was deleted is one with all that it had. A topic of the same name with another id is another topic: one was removed, one
 * added. Quick where most of the two is shared.
 */
export function compareTrees(before: MetadataTree, after: MetadataTree): TreeChange[] {
  const found: TreeChange[] = []
  compareAt([], before, after, found)
  return found
}

function compareAt(path: string[], before: MetadataTree, after: MetadataTree, found: TreeChange[]): void {
  if (before === after) return
  for (const key of mergedKeys(before, after)) {
    const [was, is] = [own(before, key), own(after, key)]
    if (was === is) continue
    const here = [...path, key]
    if (was === undefined) found.push({ path: here, kind: 'added', is: is! })
    else if (is === undefined) found.push({ path: here, kind: 'removed', was })
    else if (isTree(was) && isTree(is)) {
      if (was.id === is.id) compareAt(here, was, is, found)
      else found.push({ path: here, kind: 'removed', was }, { path: here, kind: 'added', is })
    } else if (!isSame(was, is)) found.push({ path: here, kind: 'changed', was, is })
  }
}

/** A tree that came as JSON has a prototype. */
const own = (tree: MetadataTree, key: string) => (Object.hasOwn(tree, key) ? tree[key] : undefined)

/** Those of both, in the order that both have; what is in only one of them where it would stand in the other. */
function mergedKeys(before: MetadataTree, after: MetadataTree): string[] {
  const keys: string[] = []
  const left = Object.keys(before)
  let next = 0
  const takeRemoved = (goesOn: (key: string) => boolean) => {
    for (let key = left[next]; key !== undefined && goesOn(key); key = left[++next])
      if (!Object.hasOwn(after, key)) keys.push(key)
  }
  for (const key of Object.keys(after)) {
    const isAdded = !Object.hasOwn(before, key)
    takeRemoved((one) => (isAdded ? !Object.hasOwn(after, one) && precedes(one, key) : one !== key))
    if (!isAdded) next++
    keys.push(key)
  }
  takeRemoved(() => true)
  return keys
}

const precedes = (one: string, other: string): boolean =>
  /^\d+$/.test(one) && /^\d+$/.test(other) ? Number(one) < Number(other) : one < other

function isSame(was: MetadataTree | MetadataLeaf, is: MetadataTree | MetadataLeaf): boolean {
  if (!Array.isArray(was) || !Array.isArray(is)) return false
  return was.length === is.length && was.every((one, index) => one === is[index])
}
