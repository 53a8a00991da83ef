/** One xterm on the page, bound to the live client. Knows nothing of React. */
import { ClipboardAddon } from '@xterm/addon-clipboard'
import { FitAddon } from '@xterm/addon-fit'
import { SearchAddon } from '@xterm/addon-search'
import { Unicode11Addon } from '@xterm/addon-unicode11'
import { WebLinksAddon } from '@xterm/addon-web-links'
import { Terminal } from '@xterm/xterm'
import type { LiveClient, Size } from './live-client.ts'
import { MINIMUM_CONTRAST, TERMINAL_THEMES } from './terminal-theme.ts'

/** The gateway lets a viewer fall behind by its high watermark; telling it this often keeps output flowing. */
const ACKNOWLEDGE_EVERY_CHARS = 5_000
const SCROLLBACK_LINES = 5_000
const FONT_FAMILY = '"JetBrains Mono Variable", ui-monospace, monospace'
const FONT_SIZE_PX = 13
const LEAST: Size = { cols: 20, rows: 4 }
const UNSEEN: Size = { cols: 80, rows: 24 }

export type Keys = { search: () => void; leave: () => void }
export type XtermViewer = Awaited<ReturnType<typeof openViewer>>

/** Waits for the font: xterm measures its cell once. */
export async function openViewer(options: {
  client: LiveClient
  terminal: string
  element: HTMLElement
  theme: 'light' | 'dark'
  screenReader: boolean
  label: string
  keys: Keys
}) {
  const { client, terminal, element, keys } = options
  await document.fonts.load(`${FONT_SIZE_PX}px "JetBrains Mono Variable"`)
  const term = new Terminal({
    allowProposedApi: true, // the unicode versions are one
    fontFamily: FONT_FAMILY,
    fontSize: FONT_SIZE_PX,
    lineHeight: 1.25,
    scrollback: SCROLLBACK_LINES,
    cursorBlink: false,
    cursorInactiveStyle: 'outline',
    minimumContrastRatio: MINIMUM_CONTRAST,
    screenReaderMode: options.screenReader,
    theme: TERMINAL_THEMES[options.theme],
    linkHandler: { activate: (_event, uri) => openLink(uri) },
  })
  const fit = new FitAddon()
  const search = new SearchAddon()
  term.loadAddon(fit)
  term.loadAddon(search)
  term.loadAddon(new Unicode11Addon())
  term.loadAddon(new WebLinksAddon((_event, uri) => openLink(uri)))
  // A program in the room may set the clipboard of its learner, not that of an instructor who reads along.
  if (client.taughtIn === null) term.loadAddon(new ClipboardAddon())
  term.unicode.activeVersion = '11'
  term.open(element)
  term.textarea?.setAttribute('aria-label', options.label)

  let shown = true
  let unacknowledged = 0
  const isVisible = () => shown && !document.hidden && element.offsetWidth > 0
  const wanted = (): Size => {
    const size = element.offsetWidth > 0 ? fit.proposeDimensions() : undefined
    if (!size || !Number.isFinite(size.cols)) return term.element ? { cols: term.cols, rows: term.rows } : UNSEEN
    return { cols: Math.max(LEAST.cols, size.cols), rows: Math.max(LEAST.rows, size.rows) }
  }
  let sent: Size = { cols: 0, rows: 0 }
  /** The size follows the viewer somebody looks at: another tab that is merely open does not fight for it. */
  const own = (force = false) => {
    // Who reads along sees it as the learner has it.
    if (client.taughtIn !== null) return
    if (!isVisible() || !document.hasFocus()) return
    const size = wanted()
    if (!force && size.cols === sent.cols && size.rows === sent.rows) return
    sent = size
    term.resize(size.cols, size.rows)
    client.send({ type: 'terminal.resize', terminal, ...size })
  }
  let told = true
  const tellVisible = () => {
    const visible = isVisible()
    if (visible === told) return
    told = visible
    client.send({ type: 'terminal.visible', terminal, visible })
  }

  const drawn = (chars: number) => {
    unacknowledged += chars
    if (unacknowledged < ACKNOWLEDGE_EVERY_CHARS) return
    client.send({ type: 'terminal.acknowledge', terminal, chars: unacknowledged })
    unacknowledged = 0
  }

  term.onData((data) => {
    own()
    client.input(terminal, data)
  })
  term.onBinary((data) => client.input(terminal, data))
  term.attachCustomKeyEventHandler((event) => handleKey(event, term, keys))
  const observer = new ResizeObserver(() => {
    own()
    tellVisible()
  })
  observer.observe(element)
  const onFocus = () => own(true)
  term.textarea?.addEventListener('focus', onFocus)
  window.addEventListener('focus', onFocus)
  const onVisibility = () => {
    tellVisible()
    own()
  }
  document.addEventListener('visibilitychange', onVisibility)

  const stopViewing = client.view(terminal, {
    screen(data, size) {
      unacknowledged = 0
      term.reset()
      sent = { cols: size.cols, rows: size.rows }
      term.resize(size.cols, size.rows)
      term.write(data, () => own())
    },
    output: (data) => term.write(data, () => drawn(data.length)),
    resized: ({ cols, rows }) => {
      sent = { cols, rows }
      term.resize(cols, rows)
    },
    now: () => {
      told = isVisible()
      return { ...wanted(), visible: told }
    },
    focus: () => term.focus(),
  })

  return {
    term,
    search,
    setShown(next: boolean) {
      shown = next
      own()
      tellVisible()
    },
    setTheme(theme: 'light' | 'dark') {
      term.options.theme = TERMINAL_THEMES[theme]
    },
    setScreenReader(on: boolean) {
      term.options.screenReaderMode = on
    },
    dispose() {
      stopViewing()
      observer.disconnect()
      window.removeEventListener('focus', onFocus)
      document.removeEventListener('visibilitychange', onVisibility)
      term.dispose()
    },
  }
}

/** False: not for the program in the terminal. */
function handleKey(event: KeyboardEvent, term: Terminal, keys: Keys): boolean {
  if (event.type !== 'keydown') return true
  const is = (key: string) => event.ctrlKey && event.shiftKey && event.key.toLowerCase() === key
  if (event.key === 'F6') {
    event.preventDefault()
    keys.leave()
    return false
  }
  if (is('f')) {
    event.preventDefault()
    keys.search()
    return false
  }
  if (is('c')) {
    event.preventDefault()
    if (term.hasSelection()) void navigator.clipboard.writeText(term.getSelection())
    return false
  }
  // The browser pastes by itself, as plain text, and xterm brackets it.
  return !is('v')
}

function openLink(uri: string): void {
  if (/^https?:/.test(uri)) window.open(uri, '_blank', 'noopener,noreferrer')
}
