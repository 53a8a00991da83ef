/**
 * A rehype plugin that gives terms their definitions: each <Term>, and, in the prose of a lesson, the first occurrence of
 * each other term of the glossary. Headings, code, links, tables, quizzes and outputs are left as they are.
 */
import type { ContentProblem } from './content-problem.ts'
import { findOptionalEntry, type Glossary, type GlossaryEntry } from './glossary.ts'

type Node = {
  type: string
  value?: string
  tagName?: string
  name?: string | null
  attributes?: { type: string; name: string; value: unknown }[]
  position?: { start: { line: number } }
  children?: Node[]
}

/** Where running text is. */
const PROSE = new Set(['p', 'li'])
const NOT_PROSE = new Set(['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'a', 'code', 'pre', 'table'])
/** Of the components that a lesson may use, those that hold text which is not the lesson's prose. */
const NOT_PROSE_COMPONENTS = new Set(['Term', 'Terminal', 'Run', 'Quiz', 'Choice', 'Figure', 'Release'])

type Options = {
  glossary: Glossary | ContentProblem
  /** address of the glossary's page */
  href: string
  /** path of the lesson, from the root of the clone */
  file: string
  /** gets what is wrong with the lesson's own terms */
  problems: ContentProblem[]
}

export function rehypeTerms({ glossary: read, href, file, problems }: Options): (tree: Node) => void {
  const broken = 'entries' in read ? null : read
  const glossary: Glossary = 'entries' in read ? read : { file: read.file, entries: [] }
  const matcher = matcherOf(glossary.entries)
  return (tree) => {
    const done = new Set<string>()
    const define = (node: Node) => {
      if (attributeOf(node, 'meaning') !== undefined) return
      const spelling = String(attributeOf(node, 'of') ?? textOf(node))
      const entry = findOptionalEntry(glossary, spelling)
      if (entry) {
        done.add(entry.id)
        node.attributes = attributesOf(entry, href)
        return
      }
      const field = node.position ? `line ${node.position.start.line}` : '<Term>'
      problems.push(broken ?? { file, field, reason: `"${spelling.trim()}" is not in ${glossary.file}` })
    }
    visitTerms(tree, define)
    mark(tree, false)

    function mark(node: Node, inProse: boolean): void {
      const children: Node[] = []
      for (const child of node.children ?? []) {
        if (child.type === 'text' && inProse) children.push(...split(child.value ?? ''))
        else {
          children.push(child)
          if (child.tagName === 'strong') definedHere(child)
          else if (!NOT_PROSE.has(child.tagName ?? '') && !NOT_PROSE_COMPONENTS.has(child.name ?? ''))
            mark(child, inProse || PROSE.has(child.tagName ?? ''))
        }
      }
      if (node.children) node.children = children
    }

    /** A term in bold is explained by the sentence that it stands in. */
    function definedHere(strong: Node): void {
      const entry = findOptionalEntry(glossary, textOf(strong))
      if (entry) done.add(entry.id)
    }

    function split(value: string): Node[] {
      if (!matcher) return [{ type: 'text', value }]
      const parts: Node[] = []
      let from = 0
      for (const match of value.matchAll(matcher)) {
        const entry = findOptionalEntry(glossary, match[0])
        if (!entry || entry.everyday || done.has(entry.id)) continue
        done.add(entry.id)
        if (match.index > from) parts.push({ type: 'text', value: value.slice(from, match.index) })
        const children = [{ type: 'text', value: match[0] }]
        parts.push({ type: 'mdxJsxTextElement', name: 'Term', attributes: attributesOf(entry, href), children })
        from = match.index + match[0].length
      }
      if (from < value.length) parts.push({ type: 'text', value: value.slice(from) })
      return parts
    }
  }
}

/**
 * Every spelling, the longest first, so that "leader epoch" is not taken for an "epoch". One in small letters may begin a
 * sentence; one with a capital is matched as it is, so that "Vote" would be the request and "vote" the word.
 */
function matcherOf(entries: GlossaryEntry[]): RegExp | null {
  if (entries.length === 0) return null
  const spellings = entries
    .flatMap(({ term, also }) => [term, ...also])
    .sort((one, other) => other.length - one.length)
    .map((spelling) => {
      const escaped = spelling.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      const first = spelling.charAt(0)
      return /^[a-z][^A-Z]*$/.test(spelling) ? `[${first}${first.toUpperCase()}]${escaped.slice(1)}` : escaped
    })
  return new RegExp(`(?<![\\w./-])(?:${spellings.join('|')})s?(?![\\w-]|[./]\\w)`, 'g')
}

function visitTerms(node: Node, define: (term: Node) => void): void {
  if (node.name === 'Term') define(node)
  for (const child of node.children ?? []) visitTerms(child, define)
}

const attributesOf = ({ id, term, meaning }: GlossaryEntry, href: string) =>
  Object.entries({ term, meaning, href: `${href}#${id}` }).map(([name, value]) => ({
    type: 'mdxJsxAttribute',
    name,
    value,
  }))

const attributeOf = (node: Node, name: string): unknown => node.attributes?.find((one) => one.name === name)?.value

const textOf = (node: Node): string => node.value ?? (node.children ?? []).map(textOf).join('')
