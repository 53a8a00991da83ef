/**
 * The shell's marks, as terminals know them: OSC 133 (A prompt, B its end, C a command runs, D it ended) and OSC 633;E
 * with the command's text (VS Code's shell integration). A learner can forge them: they serve click-to-run and the
 * timeline, never a check.
 */
import type { Terminal } from '@xterm/headless'

export type Marks = {
  /** the shell waits for a command */
  prompt(): void
  runs(command: string, startedAt: number): void
  ended(command: string, startedAt: number, exitStatus: number | null): void
}

const MAX_COMMAND_CHARS = 4_000

export function listenForMarks(terminal: Terminal, marks: Marks): void {
  let command = ''
  let startedAt: number | null = null
  terminal.parser.registerOscHandler(633, (data) => {
    if (data.startsWith('E;')) command = unescaped(data.slice(2).split(';')[0] ?? '').slice(0, MAX_COMMAND_CHARS)
    return true
  })
  terminal.parser.registerOscHandler(133, (data) => {
    const [mark, argument] = data.split(';')
    if (mark === 'B') marks.prompt()
    if (mark === 'C') {
      startedAt = Date.now()
      marks.runs(command, startedAt)
    }
    if (mark === 'D' && startedAt !== null) {
      const status = Number(argument)
      marks.ended(command, startedAt, argument === undefined || Number.isNaN(status) ? null : status)
      startedAt = null
      command = ''
    }
    return true
  })
}

/** VS Code's escapes: `\\` and `\xHH`. */
const unescaped = (text: string) =>
  text.replace(/\\(?:\\|x([0-9a-f]{2}))/gi, (_, hex?: string) =>
    hex ? String.fromCharCode(Number.parseInt(hex, 16)) : '\\',
  )
