/** The tree of a state with what differs from another one marked in it, and which of its rows are in view. */
import type { MetadataLeaf, MetadataTree, TreeChange } from '#labs/protocol/log.ts'

export type Mark = TreeChange['kind']
export type StateNode = {
  /** of its own in a tree */
  key: string
  path: string[]
  name: string
  /** null: it has children. `was` only where it changed. */
  value: { is: Value; was?: Value } | null
  children: StateNode[]
  /** what holds for it and all in it */
  mark: Mark | null
  /** itself one of the differences, not a part of one */
  isDifference: boolean
  /** how many there are in it, itself not counted */
  differences: number
}
export type StateRow = { node: StateNode; level: number; position: number; siblings: number; open: boolean }
type Value = MetadataTree | MetadataLeaf

/** What most come for; the others are a line each, so that these are in view. */
const OPEN_SECTIONS: ReadonlySet<string> = new Set(['brokers', 'topics'])
/** A branch with so many entries is open at first where it is a difference. */
const FEW_ENTRIES = 12
/** Where there are so few differences, those that are branches show what is in them. */
const FEW_DIFFERENCES = 6

export const isTree = (value: Value | undefined): value is MetadataTree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** @param changes to it from another one; empty where it is not compared */
export function stateNodes(tree: MetadataTree, changes: TreeChange[]): StateNode[] {
  const byPlace = new Map<string, TreeChange[]>()
  for (const change of changes) {
    const place = keyOf(change.path.slice(0, -1))
    byPlace.set(place, [...(byPlace.get(place) ?? []), change])
  }
  return childrenOf(tree, [], byPlace)
}

/** Nothing but what differs. */
export function changedNodes(changes: TreeChange[]): StateNode[] {
  const tree: MetadataTree = Object.create(null)
  for (const { path, is } of changes) {
    let branch = tree
    for (const name of path.slice(0, -1)) {
      const there = branch[name]
      const next: MetadataTree = isTree(there) ? there : Object.create(null)
      branch[name] = next
      branch = next
    }
    const last = path.at(-1)
    if (is !== undefined && last !== undefined) branch[last] = is
  }
  return stateNodes(tree, changes)
}

function childrenOf(tree: MetadataTree, path: string[], byPlace: ReadonlyMap<string, TreeChange[]>): StateNode[] {
  const changes = byPlace.get(keyOf(path)) ?? []
  const nodes = Object.entries(tree).map(([name, value]) => {
    const here = [...path, name]
    const change = changes.find((one) => one.kind !== 'removed' && one.path.at(-1) === name)
    if (change?.kind === 'added') return partOf(here, value, 'added', true)
    if (change) {
      const node = partOf(here, value, null, true)
      return { ...node, mark: change.kind, value: { is: value, was: change.was } }
    }
    const children = isTree(value) ? childrenOf(value, here, byPlace) : []
    return {
      ...partOf(here, value, null, false),
      children,
      differences: children.reduce((sum, one) => sum + one.differences + Number(one.isDifference), 0),
    }
  })
  // What is no longer there stands where it stood: before the first that comes after it.
  for (const { kind, path: at, was } of changes) {
    if (kind !== 'removed' || was === undefined) continue
    const node = partOf(at, was, 'removed', true)
    const next = nodes.findIndex(({ name }) => !precedes(name, node.name))
    nodes.splice(next < 0 ? nodes.length : next, 0, node)
  }
  return nodes
}

/** A part of the tree all of which is as it is for one reason. */
function partOf(path: string[], value: Value, mark: Mark | null, isDifference: boolean): StateNode {
  return {
    key: `${mark === 'removed' ? '−' : ''}${keyOf(path)}`,
    path,
    name: path.at(-1) ?? '',
    value: isTree(value) ? null : { is: value },
    children: isTree(value)
      ? Object.entries(value).map(([name, one]) => partOf([...path, name], one, mark, false))
      : [],
    mark,
    isDifference,
    differences: 0,
  }
}

const keyOf = (path: string[]): string => JSON.stringify(path)

const isNumber = (name: string): boolean => /^\d+$/.test(name)
const precedes = (one: string, other: string): boolean =>
  isNumber(one) && isNumber(other) ? Number(one) < Number(other) : one < other

/**
 * The rows in view.
 * @param toggled keys of branches that are not as they were at first
 */
export function rowsOf(nodes: StateNode[], toggled: ReadonlySet<string>): StateRow[] {
  const total = nodes.reduce((sum, one) => sum + one.differences + Number(one.isDifference), 0)
  const rows: StateRow[] = []
  const add = (siblings: StateNode[], level: number) => {
    siblings.forEach((node, at) => {
      const open = node.children.length > 0 && isOpenAtFirst(node, level, total) !== toggled.has(node.key)
      rows.push({ node, level, position: at + 1, siblings: siblings.length, open })
      if (open) add(node.children, level + 1)
    })
  }
  add(nodes, 1)
  return rows
}

/** Compared: what leads to a difference, and no more than can be taken in. Else the sections. */
function isOpenAtFirst(node: StateNode, level: number, differences: number): boolean {
  if (differences === 0) return level === 1 && OPEN_SECTIONS.has(node.name)
  if (node.differences > 0) return true
  const isFew = differences <= FEW_DIFFERENCES && node.children.length <= FEW_ENTRIES
  return isFew && node.mark !== null && (node.isDifference || node.name === 'partitions')
}
