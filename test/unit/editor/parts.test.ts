/** Paths, names as a tree, line ends, differences, languages. */
import { EditorState } from '@codemirror/state'
import { expect, test } from 'vitest'
import { languageOf } from '#components/editor/language.ts'
import { difference, lineEnd, withLineEnds } from '#components/editor/text-change.ts'
import { treeRows } from '#components/editor/tree.ts'
import { EDITOR_CAPS, filePath } from '#labs/protocol/files.ts'

test('a path names something below the directory, and nothing else', () => {
  for (const path of ['a', '.env', 'src/Main.java', 'a b', '..a', 'ä/é', '...', `${'n'.repeat(180)}`])
    expect(filePath.safeParse(path).success, path).toBe(true)
  const wrong = ['', '/a', 'a/', 'a//b', '.', '..', '../a', 'a/../b', 'a/..', './a', 'a\0', 'a\nb', '\ufffd']
  const long = ['n'.repeat(EDITOR_CAPS.pathChars + 1), 'ä'.repeat(130), 'a/b/c/d/e/f/g']
  for (const path of [...wrong, ...long]) expect(filePath.safeParse(path).success, path).toBe(false)
})

test('names stand as a tree, and what is new or only open among them', () => {
  const of = (path: string, kind: 'file' | 'directory' | 'other' = 'file') => ({ path, kind, bytes: 1, modified: 1 })
  const entries = [of('b'), of('a/z'), of('a', 'directory'), of('a/b', 'directory'), of('a/b/c'), of('A'), of('a.b')]
  const rows = (folded: string[] = []) =>
    treeRows(entries, ['new/x.py'], new Set(folded)).map(({ path, depth, kind }) => `${depth} ${path} ${kind}`)
  expect(rows()).toEqual([
    ...['0 a directory', '1 a/b directory', '2 a/b/c file', '1 a/z file', '0 A file', '0 a.b file', '0 b file'],
    ...['0 new directory', '1 new/x.py file'],
  ])
  expect(rows(['a'])).toEqual([
    '0 a directory',
    '0 A file',
    '0 a.b file',
    '0 b file',
    '0 new directory',
    '1 new/x.py file',
  ])
})

test('whatever its lines end with, a text comes out of the editor as it went in', () => {
  for (const text of [
    '',
    'a',
    'a\n',
    'a\r\nb\r\n',
    'a\r\nb\n',
    '\r\n',
    '\n\r\n',
    'a\rb',
    'a\r\rb\n',
    '\ufeffä\n',
    '\t\f\n',
  ]) {
    const state = EditorState.create({ doc: text, extensions: EditorState.lineSeparator.of(lineEnd(text)) })
    expect(state.sliceDoc(), JSON.stringify(text)).toBe(text)
  }
})

test('what is pasted has the line ends of the file, wherever it was copied', () => {
  expect(withLineEnds('a\r\nb\rc\nd', '\n')).toBe('a\nb\nc\nd')
  expect(withLineEnds('a\r\nb\nc', '\r\n')).toBe('a\r\nb\r\nc')
})

test('a difference is what lies between the ends that two texts share', () => {
  const texts = ['', 'a', 'aa', 'aaa', 'aba', 'abc', 'xbc', 'abcabc', 'abcxabc']
  for (const before of texts)
    for (const after of texts) {
      const { from, to, afterTo } = difference(before, after)
      expect(before.slice(0, from) + after.slice(from, afterTo) + before.slice(to)).toBe(after)
    }
  expect(difference('port=9093;', 'port=9092;')).toEqual({ from: 8, to: 9, afterTo: 9 })
})

test('a language goes by the name, or by what a script says of itself', async () => {
  const names = { 'Main.java': 'Java', 'a/b.py': 'Python', 'x.mjs': 'JavaScript', 'c.json': 'JSON', 'c.yml': 'YAML' }
  for (const [path, name] of Object.entries({ ...names, 'client.properties': 'Properties', 'run.sh': 'Shell' })) {
    const language = languageOf(path, '')
    expect(language?.name, path).toBe(name)
    expect(await language?.load(), path).toBeDefined()
  }
  expect(languageOf('run', '#!/usr/bin/env python3\n')?.name).toBe('Python')
  expect(languageOf('run', '#!/bin/bash\n')?.name).toBe('Shell')
  expect(languageOf('README', 'text')).toBeNull()
})
