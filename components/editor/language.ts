/** How a file is coloured and indented, by its name. Each language comes when a file of it is opened. */
import { type LanguageSupport, StreamLanguage } from '@codemirror/language'

type Loaded = LanguageSupport | StreamLanguage<unknown>
type Language = { name: string; indent: number; load: () => Promise<Loaded> }

const LANGUAGES: Record<string, Language> = {
  java: { name: 'Java', indent: 4, load: async () => (await import('@codemirror/lang-java')).java() },
  python: { name: 'Python', indent: 4, load: async () => (await import('@codemirror/lang-python')).python() },
  javascript: {
    name: 'JavaScript',
    indent: 2,
    load: async () => (await import('@codemirror/lang-javascript')).javascript(),
  },
  json: { name: 'JSON', indent: 2, load: async () => (await import('@codemirror/lang-json')).json() },
  yaml: { name: 'YAML', indent: 2, load: async () => (await import('@codemirror/lang-yaml')).yaml() },
  properties: {
    name: 'Properties',
    indent: 2,
    load: async () => StreamLanguage.define((await import('@codemirror/legacy-modes/mode/properties')).properties),
  },
  shell: {
    name: 'Shell',
    indent: 2,
    load: async () => StreamLanguage.define((await import('@codemirror/legacy-modes/mode/shell')).shell),
  },
}
const BY_ENDING: Record<string, keyof typeof LANGUAGES> = {
  ...{ java: 'java', py: 'python', js: 'javascript', mjs: 'javascript', cjs: 'javascript', json: 'json' },
  ...{ yaml: 'yaml', yml: 'yaml', properties: 'properties', conf: 'properties', ini: 'properties', sh: 'shell' },
}
const BY_NAME: Record<string, keyof typeof LANGUAGES> = { '.bashrc': 'shell', '.profile': 'shell' }
const PLAIN_INDENT = 4

/** @param text its beginning: a script may say what it is in its first line */
export function languageOf(path: string, text: string): Language | null {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const ending = name.slice(name.lastIndexOf('.') + 1)
  const [, interpreter = ''] = /^#!.*\b(bash|sh|python|node)/.exec(text) ?? []
  const said = { bash: 'shell', sh: 'shell', python: 'python', node: 'javascript' }[interpreter]
  return LANGUAGES[BY_NAME[name] ?? BY_ENDING[ending] ?? said ?? ''] ?? null
}

export const indentOf = (language: Language | null): string => ' '.repeat(language?.indent ?? PLAIN_INDENT)
