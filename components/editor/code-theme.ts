/** The editor in the page's own colours: they are CSS variables, so that light and dark need nothing of CodeMirror. */
import { HighlightStyle } from '@codemirror/language'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

export const codeTheme = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--terminal)', color: 'var(--ink)', fontSize: '13px' },
  // The ring is the frame's (code-pane.tsx): the gutter would cover it here.
  '&.cm-focused, .cm-content': { outline: 'none !important' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', fontVariantLigatures: 'none', lineHeight: '1.6' },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--accent)' },
  '.cm-line': { padding: '0 12px 0 8px' },
  '.cm-gutters': { backgroundColor: 'var(--terminal)', color: 'var(--ink-quiet)', border: 'none' },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 6px 0 12px', minWidth: '34px' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine, &.cm-focused .cm-activeLineGutter': {
    backgroundColor: 'color-mix(in oklch, var(--accent) 6%, transparent)',
  },
  '&.cm-focused .cm-activeLineGutter': { color: 'var(--ink)' },
  '&.cm-focused .cm-matchingBracket, .cm-matchingBracket': {
    backgroundColor: 'color-mix(in oklch, var(--accent) 16%, transparent)',
    borderRadius: '2px',
  },
  '&.cm-focused .cm-nonmatchingBracket, .cm-nonmatchingBracket': {
    backgroundColor: 'transparent',
    color: 'var(--bad)',
  },
  '.cm-specialChar': { color: 'var(--bad)' },
  '.cm-searchMatch': { backgroundColor: 'color-mix(in oklch, var(--warn) 24%, transparent)', borderRadius: '2px' },
  '.cm-searchMatch.cm-searchMatch-selected': { backgroundColor: 'color-mix(in oklch, var(--accent) 34%, transparent)' },
  '.cm-panels': { backgroundColor: 'var(--chrome)', color: 'var(--ink-soft)', fontFamily: 'var(--font-sans)' },
  '.cm-panels.cm-panels-top': { borderBottom: '1px solid var(--line)' },
  '.cm-panel.cm-search, .cm-panel.cm-gotoLine': { padding: '6px 32px 6px 10px', fontSize: '12.5px' },
  '.cm-panel.cm-search label': { fontSize: '12.5px', margin: '0 8px 0 0' },
  '.cm-panel input:not([type=checkbox]).cm-textfield': {
    ...{ backgroundColor: 'var(--page)', color: 'var(--ink)', border: '1px solid var(--line-strong)' },
    ...{ borderRadius: '6px', padding: '3px 8px', fontSize: '12.5px', fontFamily: 'var(--font-mono)' },
  },
  '.cm-panel.cm-search input[type=checkbox]': {
    accentColor: 'var(--accent)',
    verticalAlign: '-2px',
    margin: '0 4px 0 0',
  },
  '.cm-panel .cm-button': {
    ...{ backgroundImage: 'none', backgroundColor: 'var(--raised)', color: 'var(--ink)' },
    ...{ border: '1px solid var(--line-strong)', borderRadius: '6px', padding: '3px 8px', fontSize: '12.5px' },
  },
  '.cm-panel .cm-button:hover': { backgroundColor: 'var(--sunken)' },
  '.cm-panel.cm-search [name=close], .cm-panel.cm-gotoLine [name=close]': {
    ...{ color: 'var(--ink-quiet)', fontSize: '18px', top: '4px', right: '10px' },
  },
})

/** As code in a lesson is coloured (lessons/highlight.ts); the variables are in app/globals.css. */
export const codeColours = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--code-comment)' },
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier, tags.controlKeyword], color: 'var(--code-keyword)' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom, tags.self], color: 'var(--code-constant)' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: 'var(--code-function)' },
  { tag: [tags.function(tags.definition(tags.variableName))], color: 'var(--code-function)' },
  { tag: [tags.typeName, tags.className, tags.definition(tags.className)], color: 'var(--code-type)' },
  { tag: [tags.definition(tags.propertyName), tags.attributeName, tags.labelName], color: 'var(--code-name)' },
  { tag: [tags.meta, tags.annotation, tags.processingInstruction], color: 'var(--code-constant)' },
  { tag: tags.invalid, color: 'var(--bad)' },
])
