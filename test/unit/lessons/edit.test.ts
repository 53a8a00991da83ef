/** A change of a program as a lesson writes it. */
import { expect, test } from 'vitest'
import { changeOf, languageOf, readEdit } from '#lessons/edit.ts'

const DIFF = `
 try {
-    old();
+    first();
+
+    second();

 }
`

test('a diff is lines that stay, go and come', () => {
  const lines = readEdit(DIFF)
  expect(lines.map(({ kind }) => kind)).toEqual(['stays', 'goes', 'comes', 'comes', 'comes', 'stays', 'stays'])
  expect(changeOf(lines)).toEqual({
    from: 'try {\n    old();\n\n}',
    to: 'try {\n    first();\n\n    second();\n\n}',
  })
})

test('a line that is none of them is a mistake', () => {
  expect(() => readEdit(' a\nb')).toThrow('a line of a change begins with +, - or a space: b')
})

test('what it is written in tells the name of the file', () => {
  expect(['Orders.java', 'orders.py', 'orders.mjs', 'README'].map(languageOf)).toEqual([
    'java',
    'python',
    'javascript',
    'text',
  ])
})
