/**
 * A program may ask its terminal what it is and where its cursor stands (vim does). Each viewer's terminal would answer,
 * late and as often as there are viewers; the program would take what is too much for keys. The switch's own screen
 * answers, and the viewers' answers are left out.
 */

/** Device attributes, reports of status, modes and settings, colours: nothing that a key sends. */
const ANSWER = /^(?:\x1b\[[?>=][\d;]*(?:c|n|R|\$y)|\x1b\[\d+(?:;\d+)?\$y|\x1b\[\d+n|\x1bP[^\x1b]*\x1b\\)$/
/** Where the cursor is, and F3 with a modifier: an answer only where one was just given. */
const CURSOR = /^\x1b\[\d+;\d+R$/
const VIEWERS_ANSWER_WITHIN_MS = 2_000

export class Replies {
  private cursorAt = Number.NEGATIVE_INFINITY

  given(data: string): void {
    if (CURSOR.test(data)) this.cursorAt = performance.now()
  }

  /** A terminal in a page sends each answer by itself. @returns what remains to be typed */
  without(data: string): string {
    if (ANSWER.test(data)) return ''
    if (CURSOR.test(data) && performance.now() - this.cursorAt < VIEWERS_ANSWER_WITHIN_MS) return ''
    return data
  }
}
