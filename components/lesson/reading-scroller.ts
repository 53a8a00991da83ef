/** What scrolls the lesson: the workbench's pane where it has its own scroll bar, else the page. */
export function readingScroller(): HTMLElement {
  const pane = document.querySelector<HTMLElement>('[data-reading]')
  return pane ?? document.documentElement
}

/** A heading counts as being read once it is this far from the top, in px. */
const READING_LINE_PX = 140

/** The last of these headings that has been scrolled to. */
export function headingAbove(ids: string[]): string | null {
  const scroller = readingScroller()
  const top = scroller === document.documentElement ? 0 : scroller.getBoundingClientRect().top
  let found: string | null = null
  for (const id of ids) {
    const heading = document.getElementById(id)
    if (!heading || heading.getBoundingClientRect().top - top > READING_LINE_PX) break
    found = id
  }
  return found
}

/** Share of the lesson that has been scrolled past, 0 to 1. */
export function scrolledShare(): number {
  const { scrollTop, scrollHeight, clientHeight } = readingScroller()
  const hidden = scrollHeight - clientHeight
  return hidden <= 0 ? 0 : Math.min(1, Math.max(0, scrollTop / hidden))
}

export function scrollToShare(share: number): void {
  const scroller = readingScroller()
  scroller.scrollTop = share * (scroller.scrollHeight - scroller.clientHeight)
}
