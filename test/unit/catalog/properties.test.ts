/** As java.util.Properties.load has it: its documentation's own examples, and what learners write. */
import { expect, test } from 'vitest'
import { parseProperties } from '#labs/catalog/properties.ts'

test.each<[what: string, text: string, values: Record<string, string>]>([
  [
    'three ways to separate',
    'Truth = Beauty\n Truth2:Beauty\nTruth3            :Beauty',
    {
      Truth: 'Beauty',
      Truth2: 'Beauty',
      Truth3: 'Beauty',
    },
  ],
  ['blanks alone separate, and the value keeps its later ones', 'key a value ', { key: 'a value ' }],
  ['lines that go on', 'fruits   apple, banana, \\\n    pear, \\\n    mango', { fruits: 'apple, banana, pear, mango' }],
  ['a key alone', 'cheeses', { cheeses: '' }],
  ['comments and blank lines', '# a=1\n  ! b=2\n\n \t\nc=3', { c: '3' }],
  ['a comment is no line that goes on', '# a=1 \\\nb=2', { b: '2' }],
  ['nor is a line after one a comment', 'a=1,\\\n#2', { a: '1,#2' }],
  ['two backslashes at the end are one', 'a=1\\\\\nb=2', { a: '1\\', b: '2' }],
  ['escapes', 'a\\ b\\=c=\\t\\u0041\\q', { 'a b=c': '\tAq' }],
  ['only the first sign separates', 'jaas=x required user="a=b";', { jaas: 'x required user="a=b";' }],
  ['the last one counts', 'a=1\na=2', { a: '2' }],
  ['lines of Windows', 'a=1\r\nb=2\r\n', { a: '1', b: '2' }],
  ['an end in the middle', 'a=1\\', { a: '1' }],
])('%s', (_, text, values) => {
  expect(Object.fromEntries(parseProperties(text))).toEqual(values)
})
