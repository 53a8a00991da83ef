/** Code in a lesson, highlighted in the themes of light and dark pages at once. */
import { getSingletonHighlighter, type ShikiTransformer } from 'shiki'
import type { EditLine } from './edit.ts'

type Element = Parameters<NonNullable<ShikiTransformer['line']>>[0]

/** Both meet 4.5:1 on the page's code background. */
export const CODE_THEMES = { light: 'github-light-high-contrast', dark: 'github-dark-default' }

/** What a lesson on Kafka shows; other fences are plain text. Loading all of shiki's takes ten seconds. */
const LANGUAGES = [
  'bash',
  'diff',
  'ini',
  'java',
  'javascript',
  'json',
  'properties',
  'python',
  'shellsession',
  'sql',
  'typescript',
  'xml',
  'yaml',
]

export const highlighter = () => getSingletonHighlighter({ themes: Object.values(CODE_THEMES), langs: LANGUAGES })

/** HTML of highlighted shell commands; of our own text, so safe to set. Its lines may be wrapped, between words. */
export async function highlightShell(command: string): Promise<string> {
  const { codeToHtml } = await highlighter()
  return codeToHtml(command, {
    lang: 'bash',
    themes: CODE_THEMES,
    defaultColor: false,
    mergeWhitespaces: 'never',
    transformers: [{ name: 'whole-words', line: keepWordsWhole }],
  })
}

/** HTML of the lines of a change, each with its kind as a class; of our own text, so safe to set. */
export async function highlightEdit(lines: EditLine[], language: string): Promise<string> {
  const { codeToHtml } = await highlighter()
  return codeToHtml(lines.map(({ text }) => text).join('\n'), {
    lang: language,
    themes: CODE_THEMES,
    defaultColor: false,
    transformers: [
      {
        name: 'kinds',
        line(node, number) {
          this.addClassToHast(node, lines[number - 1]?.kind ?? 'stays')
        },
      },
    ],
  })
}

/** A browser breaks a line after any hyphen, which makes two of `--cluster-id`: each word becomes one box. */
function keepWordsWhole(line: Element): void {
  const grouped: Element['children'] = []
  let word: Element | null = null
  for (const child of line.children) {
    if (child.type !== 'element' || isSpace(child)) {
      word = null
      grouped.push(child)
      continue
    }
    if (!word) {
      word = { type: 'element', tagName: 'span', properties: { class: 'word' }, children: [] }
      grouped.push(word)
    }
    word.children.push(child)
  }
  line.children = grouped
}

const isSpace = ({ children }: Element) => children.every((one) => one.type === 'text' && one.value.trim() === '')
