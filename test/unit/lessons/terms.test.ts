import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { ContentProblem } from '#lessons/content-problem.ts'
import { findOptionalEntry, type Glossary, initialOf, loadGlossary, readGlossary } from '#lessons/glossary.ts'
import { rehypeTerms } from '#lessons/terms.ts'

const FILE = 'content/kraft/glossary.yaml'
const SOURCE = `
- { term: leader epoch, meaning: One., lesson: what-runs }
- { term: epoch, meaning: Two., lesson: what-runs }
- { term: ISR, also: [in-sync replicas], meaning: Three., lesson: broker-failure, kip: 966 }
- { term: broker, meaning: Four., lesson: what-runs, everyday: true }
- { term: __cluster_metadata, meaning: Five., lesson: what-runs }
`
const glossary = readGlossary(FILE, SOURCE) as Glossary

type Node = {
  type: string
  value?: string
  tagName?: string
  name?: string
  attributes?: { type: string; name: string; value: unknown }[]
  children?: Node[]
}
const text = (value: string): Node => ({ type: 'text', value })
const element = (tagName: string, ...children: Node[]): Node => ({ type: 'element', tagName, children })
const component = (name: string, attributes: Record<string, string>, ...children: Node[]): Node => ({
  type: 'mdxJsxTextElement',
  name,
  attributes: Object.entries(attributes).map(([key, value]) => ({ type: 'mdxJsxAttribute', name: key, value })),
  children,
})

function termsOf(tree: Node): { terms: { text: string; term: unknown }[]; problems: ContentProblem[] } {
  const problems: ContentProblem[] = []
  rehypeTerms({ glossary, href: '/courses/kraft/glossary', file: 'content/kraft/01-a.mdx', problems })(tree)
  const terms: { text: string; term: unknown }[] = []
  const visit = (node: Node) => {
    if (node.name === 'Term') {
      const attributes = node.attributes ?? []
      terms.push({ text: words(node), term: attributes.find(({ name }) => name === 'term')?.value })
    }
    node.children?.forEach(visit)
  }
  visit(tree)
  return { terms, problems }
}

const words = (node: Node): string => node.value ?? (node.children ?? []).map(words).join('')

test('the first occurrence in prose is marked, the longest spelling wins, and the text stays', () => {
  const tree = element('div', element('p', text('The leader epoch rises. An epoch, a leader epoch, two epochs.')))
  expect(termsOf(tree)).toEqual({
    terms: [
      { text: 'leader epoch', term: 'leader epoch' },
      { text: 'epoch', term: 'epoch' },
    ],
    problems: [],
  })
  expect(words(tree)).toBe('The leader epoch rises. An epoch, a leader epoch, two epochs.')
})

test('plurals, other spellings and a capital at the beginning of a sentence are recognised', () => {
  const tree = element('ul', element('li', text('Epochs rise. The in-sync replicas shrink; that is the ISR.')))
  expect(termsOf(tree).terms.map(({ term }) => term)).toEqual(['epoch', 'ISR'])
})

test('headings, code, links, tables, quizzes and parts of words are left alone', () => {
  const tree = element(
    'div',
    element('h2', text('epoch')),
    element('p', element('code', text('epoch')), element('a', text('epoch')), text('epoch-1 pre-epoch epoch.x isr')),
    element('table', element('td', text('epoch'))),
    component('Choice', {}, element('p', text('epoch'))),
  )
  expect(termsOf(tree).terms).toEqual([])
})

test('what is everyday, in bold or marked by the author is not marked again', () => {
  const tree = element(
    'div',
    element('p', text('A broker, an '), element('strong', text('epoch')), text(', the epoch')),
    element('p', text('the ISR')),
    element('p', component('Term', {}, text('ISR')), component('Term', { of: 'broker' }, text('one of them'))),
  )
  expect(termsOf(tree).terms).toEqual([
    { text: 'ISR', term: 'ISR' },
    { text: 'one of them', term: 'broker' },
  ])
})

test('a meaning of its own is kept', () => {
  const { terms, problems } = termsOf(element('p', component('Term', { meaning: 'Mine.' }, text('a word'))))
  expect(terms).toEqual([{ text: 'a word', term: undefined }])
  expect(problems).toEqual([])
})

test('a term that is not there is a mistake of the lesson', () => {
  const { problems } = termsOf(element('p', component('Term', {}, text('quorom'))))
  expect(problems).toEqual([{ file: 'content/kraft/01-a.mdx', field: '<Term>', reason: `"quorom" is not in ${FILE}` }])
})

test('a glossary with a mistake names it, and two terms do not share a spelling', () => {
  expect(readGlossary(FILE, '- { term: a, lesson: b }')).toMatchObject({ file: FILE, field: '0.meaning' })
  const twice = '- { term: ISR, meaning: A., lesson: b }\n- { term: x, also: [isr], meaning: A., lesson: b }'
  expect(readGlossary(FILE, twice)).toEqual({ file: FILE, field: '1.term', reason: 'isr is also a spelling of ISR' })
})

test.each(await readdir('content'))(
  'the glossary of %s has no mistake, and says each thing in three sentences at most',
  async (course) => {
    const read = await loadGlossary(course)
    expect(read).toHaveProperty('entries')
    const long = (read as Glossary).entries.filter(({ meaning }) => meaning.split(/[.?!] /).length > 3)
    expect(long.map(({ term }) => term)).toEqual([])
  },
)

test('terms are in the order of the alphabet, underscores aside', () => {
  expect(glossary.entries.map(({ id }) => id)).toEqual(['broker', 'cluster-metadata', 'epoch', 'isr', 'leader-epoch'])
  expect(initialOf('__cluster_metadata')).toBe('C')
  expect(findOptionalEntry(glossary, ' Leader  epochs ')?.id).toBe('leader-epoch')
  expect(findOptionalEntry(glossary, 'leader')).toBeNull()
})
