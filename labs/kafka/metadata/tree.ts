/**
 * Trees of named things that are cheap to keep: what one version and the next have in common they share. Keys come from
 * outside: a topic may be called `constructor`, or `__proto__`. A node that lies could name millions: all is bounded.
 */

export type MetadataLeaf = string | number | boolean | null | (string | number | boolean | null)[]
export type MetadataTree = { [name: string]: MetadataTree | MetadataLeaf }
type Value = MetadataTree | MetadataLeaf

export const isTree = (value: Value | undefined): value is MetadataTree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An empty one, or one with these keys. */
export const treeOf = (entries: Iterable<readonly [string, Value]> = []): MetadataTree => {
  const tree: MetadataTree = Object.create(null)
  for (const [key, value] of entries) tree[key] = value
  return tree
}

/** What is at that path; undefined where nothing is. */
export function at(tree: MetadataTree, ...path: string[]): Value | undefined {
  let found: Value | undefined = tree
  for (const key of path) found = isTree(found) ? found[key] : undefined
  return found
}

/** About as many characters as it has as JSON. */
function charsOf(value: Value): number {
  if (typeof value === 'string') return value.length + 2
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + charsOf(one) + 1, 2)
  if (!isTree(value)) return 8
  return Object.entries(value).reduce((sum, [key, one]) => sum + key.length + 4 + charsOf(one), 2)
}

/** Of one map: whoever keeps many versions makes many copies. */
const MAX_KEYS = 5_000

/** What was at a path before it was changed; undefined: nothing. */
export type Undo = { path: string[]; key: string; was: Value | undefined }

/** A tree that is being changed. What `freeze` gave is never changed again. */
export class TreeDraft {
  /** nodes that nobody else has yet */
  #own = new Set<MetadataTree>()
  /** those of them that have got a key: Kafka's order is that of a hash map, ours the alphabet's */
  #unsorted = new Set<MetadataTree>()
  readonly #counts = new WeakMap<MetadataTree, number>()
  /** since `mark`, to be taken back */
  #undos: Undo[] | null = null

  /** @param size of the root, as this class counted it */
  constructor(
    private root: MetadataTree,
    private size: number,
    private readonly maxChars: number,
  ) {}

  get chars(): number {
    return this.size
  }

  /** As it is now. Only to look at, and only until the next change. */
  get now(): MetadataTree {
    return this.root
  }

  /** @returns false where there is no room for it: then nothing has changed */
  put(path: string[], key: string, value: Value): boolean {
    const parent = at(this.root, ...path)
    const was = isTree(parent) ? parent[key] : undefined
    const more = charsOf(value) - (was === undefined ? -key.length - 4 : charsOf(was))
    if (more > 0 && this.size + more > this.maxChars) return false
    if (was === undefined && isTree(parent) && this.#count(parent) >= MAX_KEYS) return false
    this.size += more
    const node = this.#owned(path)
    this.#undos?.push({ path, key, was })
    this.#set(node, key, value)
    return true
  }

  /** @param prune a map that is empty without it goes as well */
  remove(path: string[], key: string, prune = false): void {
    const was = at(this.root, ...path, key)
    if (was === undefined) return
    this.size -= charsOf(was) + key.length + 4
    const node = this.#owned(path)
    this.#undos?.push({ path, key, was })
    delete node[key]
    const left = this.#count(node) - 1
    this.#counts.set(node, left)
    if (prune && path.length > 1 && left === 0) this.remove(path.slice(0, -1), path.at(-1)!)
  }

  /** The tree as it is now, for good. Keys of each map are sorted. */
  freeze(): MetadataTree {
    for (const node of this.#unsorted) {
      const entries = Object.entries(node).sort(([a], [b]) => (a < b ? -1 : 1))
      for (const [key] of entries) delete node[key]
      for (const [key, value] of entries) node[key] = value
    }
    this.#unsorted = new Set()
    this.#own = new Set()
    return this.root
  }

  /** Keeps from now on what is needed to take changes back; or no longer. */
  mark(on: boolean): void {
    this.#undos = on ? [] : null
  }

  /** Changes since `mark`. */
  get marked(): number {
    return this.#undos?.length ?? 0
  }

  /** Takes back what was changed since `mark`. @returns it, the newest first */
  undo(): Undo[] {
    const undos = (this.#undos ?? []).reverse()
    this.#undos = null
    for (const one of undos) this.#restore(one)
    return undos
  }

  /** As it was at `mark`, for good; here nothing changes. */
  frozenAtMark(): { tree: MetadataTree; chars: number } {
    const past = new TreeDraft(this.freeze(), this.size, this.maxChars)
    for (const one of [...(this.#undos ?? [])].reverse()) past.#restore(one)
    return { tree: past.freeze(), chars: past.chars }
  }

  #restore({ path, key, was }: Undo): void {
    const is = at(this.root, ...path, key)
    if (was === undefined) return this.remove(path, key)
    this.size += charsOf(was) + (is === undefined ? key.length + 4 : -charsOf(is))
    this.#set(this.#owned(path), key, was)
  }

  /** The map at that path, to be written to. */
  #owned(path: string[]): MetadataTree {
    this.root = this.#copy(this.root)
    let node = this.root
    for (const [depth, key] of path.entries()) {
      const next = node[key]
      const copy = this.#copy(isTree(next) ? next : treeOf())
      if (next === undefined) {
        this.size += key.length + 6
        this.#undos?.push({ path: path.slice(0, depth), key, was: undefined })
      }
      this.#set(node, key, copy)
      node = copy
    }
    return node
  }

  #copy(node: MetadataTree): MetadataTree {
    if (this.#own.has(node)) return node
    const copy = treeOf()
    let count = 0
    for (const key in node) {
      copy[key] = node[key]!
      count++
    }
    this.#own.add(copy)
    this.#counts.set(copy, count)
    return copy
  }

  /** @param node an own one */
  #set(node: MetadataTree, key: string, value: Value): void {
    if (node[key] === undefined) {
      this.#unsorted.add(node)
      this.#counts.set(node, this.#count(node) + 1)
    }
    node[key] = value
  }

  #count(node: MetadataTree): number {
    let count = this.#counts.get(node)
    if (count === undefined) {
      count = Object.keys(node).length
      this.#counts.set(node, count)
    }
    return count
  }
}
