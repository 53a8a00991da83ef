/** CodeMirror on one file. Loaded when a file is opened, so that no other page pays for it. */
import { defaultKeymap, history, historyKeymap, indentWithTab, isolateHistory } from '@codemirror/commands'
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language'
import { search, searchKeymap } from '@codemirror/search'
import { Compartment, EditorSelection, EditorState, type StateEffect } from '@codemirror/state'
import {
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import { codeColours, codeTheme } from './code-theme.ts'
import { indentOf, languageOf } from './language.ts'
import { difference, lineEnd, withLineEnds } from './text-change.ts'

export type CodeOptions = {
  parent: HTMLElement
  path: string
  text: string
  /** what a screen reader calls it */
  label: string
  /** id of what says how the keyboard gets out */
  describedBy: string
  readOnly: boolean
  /** CodeMirror's own words, in the page's language */
  phrases: Record<string, string>
  onChange: (text: string) => void
  /** where its cursor, its history and its place are kept while it is not shown: one for each lab session */
  memory: object
}

type Kept = { state: EditorState; scroll: StateEffect<unknown> }
const kept = new WeakMap<object, Map<string, Kept>>()

const readOnly = new Compartment()
const language = new Compartment()
/** Read only still takes the focus: it can be scrolled and copied by keys. */
const readOnlyIs = (is: boolean) => [
  EditorState.readOnly.of(is),
  EditorView.contentAttributes.of({ 'aria-readonly': `${is}` }),
]

export class CodeView {
  private readonly view: EditorView
  private readonly memory: Map<string, Kept>
  private isReadOnly: boolean
  private gone = false

  constructor(private readonly options: CodeOptions) {
    const { parent, path, text, memory } = options
    this.memory = kept.get(memory) ?? new Map()
    kept.set(memory, this.memory)
    this.isReadOnly = options.readOnly
    const last = this.memory.get(path)
    const before = last?.state.lineBreak === lineEnd(text) ? last : undefined
    const state = before?.state ?? this.fresh(text)
    this.view = new EditorView({ parent, state, ...(before ? { scrollTo: before.scroll } : {}) })
    this.setText(text)
    this.setReadOnly(options.readOnly)
    void this.colour(text)
  }

  /** Something else than the keys changed it. */
  setText(text: string): void {
    const { state } = this.view
    if (textOf(state) === text) return
    if (lineEnd(text) !== state.lineBreak) {
      this.view.setState(this.fresh(text))
      void this.colour(text)
      return
    }
    const next = state.toText(text)
    const { from, to, afterTo } = difference(state.doc.toString(), next.toString())
    this.view.dispatch({
      changes: { from, to, insert: next.slice(from, afterTo) },
      // Undone alone: what was typed just before is not taken back with it.
      annotations: isolateHistory.of('full'),
      filter: false,
    })
  }

  /** Selected, and in the middle of what is seen. */
  show({ from, to }: { from: number; to: number }): void {
    const { length } = this.view.state.doc
    const range = EditorSelection.range(Math.min(to, length), Math.min(from, length))
    this.view.dispatch({
      selection: EditorSelection.create([range]),
      effects: EditorView.scrollIntoView(range, { y: 'center' }),
    })
  }

  setReadOnly(is: boolean): void {
    this.isReadOnly = is
    this.view.dispatch({ effects: readOnly.reconfigure(readOnlyIs(is)) })
  }

  focus(): void {
    this.view.focus()
  }

  destroy(): void {
    this.memory.set(this.options.path, { state: this.view.state, scroll: this.view.scrollSnapshot() })
    this.gone = true
    this.view.destroy()
  }

  private fresh(text: string): EditorState {
    const { path, label, describedBy, phrases } = this.options
    return EditorState.create({
      doc: text,
      extensions: [
        EditorState.lineSeparator.of(lineEnd(text)),
        // Windows pastes its own line ends, which would be seen as control characters here.
        EditorView.clipboardInputFilter.of((pasted, { lineBreak }) => withLineEnds(pasted, lineBreak)),
        EditorState.phrases.of(phrases),
        readOnly.of(readOnlyIs(this.isReadOnly)),
        language.of([]),
        indentUnit.of(indentOf(languageOf(path, text))),
        EditorView.contentAttributes.of({ 'aria-label': label, 'aria-describedby': describedBy, tabindex: '0' }),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged) this.options.onChange(textOf(state))
        }),
        [lineNumbers(), highlightActiveLineGutter(), highlightActiveLine(), highlightSpecialChars()],
        [history(), indentOnInput(), bracketMatching(), search({ top: true })],
        [codeTheme, syntaxHighlighting(codeColours)],
        // Tab indents; Escape first, and it leaves.
        keymap.of([indentWithTab, ...defaultKeymap, ...historyKeymap, ...searchKeymap]),
      ],
    })
  }

  private async colour(text: string): Promise<void> {
    const loaded = await languageOf(this.options.path, text)?.load()
    if (loaded && !this.gone) this.view.dispatch({ effects: language.reconfigure(loaded) })
  }
}

const textOf = (state: EditorState): string => state.sliceDoc()
