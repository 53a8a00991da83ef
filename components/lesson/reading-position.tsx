'use client'
import { useEffect } from 'react'
import { keepReadingPosition } from '#app/actions.ts'
import type { Heading } from '#lessons/headings.ts'
import { headingAbove, readingScroller, scrolledShare, scrollToShare } from './reading-scroller.ts'

/** A reader rests here: short enough to lose little, long enough not to write while scrolling. */
const REST_MS = 1_200
/** Less than this is the top of the page. */
const TOP_SHARE = 0.015

/** Goes back to where the reader stopped, and keeps where they are. */
export function ReadingPosition(props: {
  course: string
  lesson: string
  headings: Heading[]
  kept: { heading: string | null; position: number } | null
}) {
  const { course, lesson, headings, kept } = props

  // Once: what is kept changes while the page is open.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the position at load counts
  useEffect(() => {
    if (!kept || kept.position < TOP_SHARE || location.hash) return
    scrollToShare(kept.position)
    // The lesson may have grown since: its heading is the better witness.
    const heading = kept.heading && document.getElementById(kept.heading)
    if (heading && headingAbove(headings.map(({ id }) => id)) !== kept.heading)
      heading.scrollIntoView({ block: 'start' })
  }, [])

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>
    let last = ''
    const keep = () => {
      const at = { heading: headingAbove(headings.map(({ id }) => id)), position: scrolledShare() }
      if (JSON.stringify(at) === last) return
      last = JSON.stringify(at)
      keepReadingPosition({ course, lesson, ...at }).catch((error: unknown) => {
        console.warn('The reading position was not kept.', error)
      })
    }
    const rest = (event?: Event) => {
      const scroller = readingScroller()
      if (event && event.target !== document && event.target !== scroller) return
      clearTimeout(timer)
      timer = setTimeout(keep, REST_MS)
    }
    rest()
    document.addEventListener('scroll', rest, { passive: true, capture: true })
    return () => {
      clearTimeout(timer)
      document.removeEventListener('scroll', rest, { capture: true })
    }
  }, [course, lesson, headings])
  return null
}
