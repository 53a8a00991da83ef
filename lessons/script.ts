/**
 * What the reader of a lesson does, in order: its commands, what is typed into them, what they are said to answer, what
 * the panel is asked for. Read from the lesson's MDX, so that a test can follow the lesson (docs/WRITING-A-LESSON.md).
 */
import { createProcessor } from '@mdx-js/mdx'
import type { LineChange } from '#labs/protocol/edit.ts'
import { changeOf, readEdit } from './edit.ts'

/** Words for a host that is known only while the lab runs. */
const HOST_WORDS = ['leader', 'follower', 'down'] as const
type HostWord = (typeof HOST_WORDS)[number]
/** `leader`, and `leader@kraft` in a room with several clusters; the first one is meant where none is named. */
export function hostWord(name: string): { word: HostWord; cluster: string | undefined } | null {
  const [first = '', cluster] = name.split('@')
  const word = HOST_WORDS.find((one) => one === first)
  return word ? { word, cluster } : null
}
/** What the reader waits for besides a check, as the panel shows it. */
export const WAITS = ['leader', 'no-leader', 'brokers', 'in-sync', 'probe', 'up', 'down', 'gone'] as const
export type Wait = (typeof WAITS)[number]
/** Of these it is said for which host. */
const WAITS_OF_A_HOST: readonly Wait[] = ['up', 'down', 'gone']
export const KEYS = { 'Ctrl-C': '\x03', 'Ctrl-D': '\x04' } as const
export type Key = keyof typeof KEYS

const NODE_FAULTS = ['start', 'stop', 'kill', 'pause', 'resume', 'restart', 'wipe', 'fill', 'free', 'isolate']
const FAULTS = [...NODE_FAULTS, 'heal', 'cut', 'split']

export type Command = {
  do: 'run'
  command: string
  /** a host, a word for one (`hostWord`), or a name that an earlier `as` gave; null: the lab's first host */
  host: string | null
  /** the name by which the rest of the lesson means this host */
  as: string | null
  /** it does not come back: go on when it has shown this; null: it comes back */
  until: string | null
  /** pressed then; null: it goes on running, and what follows has another terminal */
  ends: Key | null
  /** its exit status is not 0 */
  fails: boolean
  /** how the reader comes to it: `<Run>` has a button, a block is typed, a `<Do>` is what the text says in words */
  by: 'button' | 'block' | 'words'
}
export type Output = {
  do: 'output'
  title: string | null
  lines: string[]
  /** the last command of the page is given again, until it answers so */
  again: boolean
  /** the last command of the page is given again on this host */
  host: string | null
  /** in any order: who comes first is chance */
  anyOrder: boolean
}
export type Item = { line: number } & (
  | Command
  | Output
  | { do: 'type'; lines: string[]; ends: Key | null }
  | {
      do: 'fault'
      action: string
      host: string | null
      as: string | null
      from: string
      to: string
      groups: string[][]
    }
  /** this host gets a name that lasts */
  | { do: 'name'; host: string; as: string }
  | { do: 'wait'; what: Wait; host: string | null }
  | { do: 'check'; id: string }
  /** in the editor of the page */
  | { do: 'edit'; path: string; change: LineChange }
)
/** `step`: null before the first step and behind the last. */
export type Part = { step: string | null; items: Item[] }
export type Skip = { line: number; what: 'command' | 'output'; reason: string }
export type LessonScript = { parts: Part[]; skipped: Skip[]; problems: { line: number; reason: string }[] }

/** As much of the tree of @mdx-js/mdx as is read here. */
type Node = {
  type: string
  name?: string | null
  lang?: string | null
  meta?: string | null
  value?: string
  attributes?: { type: string; name?: string; value?: unknown }[]
  children?: Node[]
  position?: { start: { line: number } }
}
/** What stands in an element's attributes or behind a fence's language; true where there is no value. */
type Words = Record<string, string | true>

const COMMAND_WORDS = ['host', 'as', 'until', 'ends', 'fails', 'skip']
const OUTPUT_WORDS = ['title', 'again', 'host', 'order', 'skip']
const DO_WORDS = [...COMMAND_WORDS, 'fault', 'from', 'to', 'groups', 'wait']
const SHELLS = ['bash', 'sh', 'shell', 'console']

const processor = createProcessor({ format: 'mdx' })

/** @throws VFileMessage where it is no MDX, with the line */
export function readScript(source: string): LessonScript {
  // The front matter is for others; its lines stay, so that places are right.
  const body = source.replace(/^---\n[\s\S]*?\n---\n/, (head) => head.replace(/[^\n]/g, ''))
  return new Reader().read(processor.parse(body) as Node)
}

class Reader {
  private readonly script: LessonScript = { parts: [{ step: null, items: [] }], skipped: [], problems: [] }
  /** what the next output belongs to */
  private last: 'nothing' | 'skipped' | 'run' = 'nothing'

  read(tree: Node): LessonScript {
    this.visit(tree)
    this.script.parts = this.script.parts.filter(({ step, items }) => step !== null || items.length > 0)
    return this.script
  }

  private visit(node: Node): void {
    const line = node.position?.start.line ?? 0
    if (node.type === 'code') return this.fence(node, line)
    switch (node.name) {
      case 'Step':
        return this.step(node)
      case 'Run':
        return this.commands(node, COMMAND_WORDS, line)
      case 'Do':
        return this.deed(node, line)
      case 'Edit':
        return this.edit(node, line)
      case 'Terminal':
        return this.output(node, line)
      case 'Check':
        return this.add({ do: 'check', line, id: String(wordsOf(node).id ?? '') })
      default:
        for (const child of node.children ?? []) this.visit(child)
    }
  }

  private step(node: Node): void {
    this.script.parts.push({ step: String(wordsOf(node).id ?? ''), items: [] })
    this.last = 'nothing'
    for (const child of node.children ?? []) this.visit(child)
    this.script.parts.push({ step: null, items: [] })
    this.last = 'nothing'
  }

  private fence(node: Node, line: number): void {
    const words = metaOf(node.meta)
    const text = node.value ?? ''
    if (words.typed !== undefined) {
      this.known(words, ['typed', 'ends'], '```', line)
      if (this.last !== 'run') this.problem(line, 'lines are typed, and no command takes them')
      return this.add({ do: 'type', line, lines: text.split('\n'), ends: this.key(words.ends, line) })
    }
    if (node.lang !== 'bash') {
      if (SHELLS.includes(node.lang ?? '')) this.problem(line, `\`\`\`${node.lang}: commands are written as \`\`\`bash`)
      return
    }
    if (words.host === undefined && words.skip === undefined)
      return this.problem(
        line,
        'a ```bash block says where it is run (```bash host=client), or why not (```bash skip="...")',
      )
    this.known(words, COMMAND_WORDS, '```bash', line)
    this.command(text, words, line)
  }

  private commands(node: Node, allowed: string[], line: number): void {
    const words = wordsOf(node)
    this.known(words, allowed, `<${node.name}>`, line)
    const texts = fencesOf(node)
    if (texts.length === 0) this.problem(line, `<${node.name}> has no command`)
    for (const text of texts) this.command(text, words, line, node.name === 'Do' ? 'words' : 'button')
  }

  private command(text: string, words: Words, line: number, by: Command['by'] = 'block'): void {
    if (words.skip !== undefined) {
      this.last = 'skipped'
      return this.skip('command', words.skip, line)
    }
    this.last = 'run'
    this.add({
      do: 'run',
      line,
      command: text.trim(),
      host: this.host(words.host, line),
      as: textOf(words.as),
      until: textOf(words.until),
      ends: this.key(words.ends, line),
      fails: words.fails !== undefined,
      by,
    })
  }

  private deed(node: Node, line: number): void {
    const words = wordsOf(node)
    this.known(words, DO_WORDS, '<Do>', line)
    if (words.wait !== undefined) {
      const what = WAITS.find((one) => one === words.wait)
      if (!what) return this.problem(line, `<Do wait>: one of ${WAITS.join(', ')}`)
      const host = this.host(words.host, line)
      if (WAITS_OF_A_HOST.includes(what) !== (host !== null))
        return this.problem(line, `<Do wait>: a host is named with ${WAITS_OF_A_HOST.join(', ')}, and only there`)
      return this.add({ do: 'wait', line, what, host })
    }
    const [host, as] = [this.host(words.host, line), textOf(words.as)]
    if (words.fault === undefined && (node.children ?? []).length === 0 && host && as)
      return this.add({ do: 'name', line, host, as })
    if (words.fault === undefined) return this.commands(node, DO_WORDS, line)
    const action = String(words.fault)
    if (!FAULTS.includes(action)) return this.problem(line, `<Do fault>: one of ${FAULTS.join(', ')}`)
    if (NODE_FAULTS.includes(action) && words.host === undefined)
      return this.problem(line, `<Do fault="${action}"> needs a host`)
    const groups = (textOf(words.groups) ?? '').split('|').map((group) => group.split(',').map((one) => one.trim()))
    this.add({
      do: 'fault',
      line,
      action,
      host,
      as,
      from: textOf(words.from) ?? '',
      to: textOf(words.to) ?? '',
      groups,
    })
  }

  private edit(node: Node, line: number): void {
    const words = wordsOf(node)
    this.known(words, ['file'], '<Edit>', line)
    const path = textOf(words.file)
    const [diff, ...others] = fencesOf(node)
    if (path === null || diff === undefined || others.length > 0)
      return this.problem(line, '<Edit> names a file and has one change')
    try {
      this.add({ do: 'edit', line, path, change: changeOf(readEdit(diff)) })
    } catch (error) {
      this.problem(line, `<Edit>: ${(error as Error).message}`)
    }
  }

  private output(node: Node, line: number): void {
    const words = wordsOf(node)
    this.known(words, OUTPUT_WORDS, '<Terminal>', line)
    if (words.order !== undefined && words.order !== 'any') this.problem(line, '<Terminal order>: only "any"')
    if (words.skip !== undefined) return this.skip('output', words.skip, line)
    if (this.last === 'skipped') return this.skip('output', 'of a command that is not run', line)
    if (this.last === 'nothing') return this.problem(line, '<Terminal>: no command of this step comes before it')
    this.add({
      do: 'output',
      line,
      title: textOf(words.title),
      lines: fencesOf(node).join('\n').split('\n'),
      again: words.again !== undefined,
      host: this.host(words.host, line),
      anyOrder: words.order === 'any',
    })
  }

  private add(item: Item): void {
    this.script.parts.at(-1)?.items.push(item)
  }

  private skip(what: Skip['what'], reason: string | true, line: number): void {
    if (reason === true || reason.trim() === '') return this.problem(line, 'skip needs a reason')
    this.script.skipped.push({ line, what, reason })
  }

  private problem(line: number, reason: string): void {
    this.script.problems.push({ line, reason })
  }

  private known(words: Words, allowed: string[], where: string, line: number): void {
    for (const word of Object.keys(words))
      if (!allowed.includes(word)) this.problem(line, `${where} knows no "${word}", but ${allowed.join(', ')}`)
  }

  private host(given: string | true | undefined, line: number): string | null {
    const host = textOf(given)
    if (given === true) this.problem(line, 'host needs a name')
    return host
  }

  private key(given: string | true | undefined, line: number): Key | null {
    if (given === undefined) return null
    const key = (Object.keys(KEYS) as Key[]).find((one) => one === given)
    if (!key) this.problem(line, `ends: one of ${Object.keys(KEYS).join(', ')}`)
    return key ?? null
  }
}

/** Hosts that neither the lab has nor the lesson has named before. A button opens a terminal, so it needs one of the lab's. */
export function unknownHosts({ parts }: LessonScript, hosts: string[]): LessonScript['problems'] {
  const known = new Set(hosts)
  return parts
    .flatMap(({ items }) => items)
    .flatMap((item) => {
      const asked = 'host' in item ? [item.host] : []
      if (item.do === 'fault') asked.push(...[item.from, item.to, ...item.groups.flat()].filter((one) => one !== ''))
      const isKnown = (one: string) =>
        item.do === 'run' && item.by === 'button' ? hosts.includes(one) : known.has(one) || hostWord(one) !== null
      const unknown = asked.filter((one) => one !== null && !isKnown(one))
      if ('as' in item && item.as !== null) known.add(item.as)
      return unknown.map((one) => ({ line: item.line, reason: `there is no host ${one} here` }))
    })
}

const textOf = (given: string | true | undefined): string | null => (typeof given === 'string' ? given : null)

const wordsOf = (node: Node): Words => {
  const words: Words = {}
  for (const { name, value } of node.attributes ?? [])
    if (name) words[name] = value === null || value === undefined ? true : (textIn(value) ?? '')
  return words
}

/** `"..."`, or a text in braces where it has quotes in it. */
const textIn = (value: unknown): string | null => (typeof value === 'string' ? value : literalOf(value))

/** `{"..."}` and `{`...`}` of JSX, for texts with quotes in them. */
function literalOf(value: unknown): string | null {
  const { value: text = '' } = value as { value?: string }
  const [, quoted] = /^\s*(?:"([^"]*)"|'([^']*)'|`([^`]*)`)\s*$/.exec(text)?.filter((one) => one !== undefined) ?? []
  return quoted ?? null
}

/** `host=client fails skip="another way"` */
const metaOf = (meta: string | null | undefined): Words =>
  Object.fromEntries(
    [...(meta ?? '').matchAll(/([a-z]+)(?:=(?:"([^"]*)"|(\S+)))?/g)].map(([, name, quoted, bare]) => [
      name ?? '',
      quoted ?? bare ?? (true as const),
    ]),
  )

/** The code below an element; a command may also stand there as plain text. */
function fencesOf(node: Node): string[] {
  const texts: string[] = []
  const visit = (one: Node) => {
    if (one.type === 'code' || one.type === 'text') texts.push(one.value ?? '')
    for (const child of one.children ?? []) visit(child)
  }
  visit(node)
  return texts.filter((text) => text.trim() !== '')
}
