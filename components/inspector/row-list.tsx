'use client'
import {
  type HTMLAttributes,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useCallback,
  useEffect,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { cn } from '#components/ui/cn.ts'

/** Above and below what is in view, so that a scroll does not outrun the rows. */
const SPARE_PX = 300
/** So near to the top, what is before is wanted. */
const TOP_PX = 480
/** So near to the end counts as there: a zoomed page scrolls by parts of a pixel. */
const END_PX = 3

export type RowListHandle = {
  focus: () => void
  /** brings the row into view, and makes it the active one */
  goTo: (index: number) => void
  /** to the end, and along with it as it grows */
  follow: () => void
}

/**
 * Very many rows, of which only those in view are in the page. One stop of the Tab key: arrows, Page Up and Down, Home and
 * End move between rows, Enter and Space open one. What is in view stays there when rows come before it.
 */
export function RowList<Row extends { key: string }>(props: {
  role: 'listbox' | 'tree'
  label: string
  rows: Row[]
  /** a row's height; a function has to stay the same one */
  rowPx: number | ((row: Row) => number)
  children: (row: Row, active: boolean) => ReactNode
  /** roles' states of one row, such as aria-selected */
  rowProps?: (row: Row) => HTMLAttributes<HTMLDivElement>
  rowClass?: (row: Row) => string
  onOpen: (row: Row) => void
  onActive?: (row: Row) => void
  /** keys that the list does not know; true: taken */
  onKey?: (event: KeyboardEvent, row: Row | undefined) => boolean
  /** stays at the end while rows come */
  follows?: boolean
  /** whether it does just now */
  onFollowing?: (following: boolean) => void
  /** there is nothing (much) before what is in view */
  onTop?: () => void
  handle?: Ref<RowListHandle>
  className?: string
}) {
  const { role, label, rows, rowPx, follows = false, onTop } = props
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ top: 0, height: 240 })
  const [activeKey, setActiveKey] = useState<string | null>(null)
  const following = useRef(follows)
  const tops = useMemo(() => topsOf(rows, rowPx), [rows, rowPx])
  const found = useMemo(
    () => (activeKey === null ? -1 : rows.findIndex(({ key }) => key === activeKey)),
    [rows, activeKey],
  )
  const anchor = useRef<Anchor<Row> | null>(null)
  const latest = useRef({ rows, tops, found, onTop, follows, onFollowing: props.onFollowing })
  latest.current = { rows, tops, found, onTop, follows, onFollowing: props.onFollowing }

  const look = useCallback(() => {
    const box = scroller.current
    if (!box) return
    const { scrollTop, clientHeight } = box
    setView((was) =>
      was.top === scrollTop && was.height === clientHeight ? was : { top: scrollTop, height: clientHeight },
    )
    const { rows, tops, found, onTop } = latest.current
    const index = inView(tops, found, box) ? found : indexAt(tops, scrollTop)
    anchor.current = index < rows.length ? { rows, index, below: (tops[index] ?? 0) - scrollTop } : null
    if (scrollTop < TOP_PX) onTop?.()
  }, [])
  const setFollowing = useCallback((next: boolean) => {
    if (!latest.current.follows || following.current === next) return
    following.current = next
    latest.current.onFollowing?.(next)
  }, [])

  useLayoutEffect(() => {
    const box = scroller.current
    if (!box) return
    const kept = anchor.current && whereNow(anchor.current, rows)
    // What is all in view has its end in view.
    if (box.scrollHeight <= box.clientHeight) setFollowing(true)
    if (following.current) box.scrollTop = box.scrollHeight
    else if (kept) box.scrollTop = (tops[kept.index] ?? 0) - kept.below
    look()
  }, [rows, tops, look, setFollowing])

  useEffect(() => {
    const box = scroller.current
    if (!box) return
    const observer = new ResizeObserver(() => {
      const { tops, found } = latest.current
      if (following.current) box.scrollTop = box.scrollHeight
      else if (anchor.current?.index === found) show(box, tops, found)
      look()
    })
    observer.observe(box)
    return () => observer.disconnect()
  }, [look])

  const goTo = (index: number) => {
    const row = rows[index]
    const box = scroller.current
    if (!row || !box) return
    setActiveKey(row.key)
    props.onActive?.(row)
    latest.current.found = index
    show(box, tops, index)
    setFollowing(index === rows.length - 1)
    look()
  }
  useImperativeHandle(props.handle, () => ({
    focus: () => scroller.current?.focus(),
    goTo: (index) => {
      const box = scroller.current
      // With what is around it.
      if (box) box.scrollTop = Math.max(0, (tops[index] ?? 0) - box.clientHeight / 3)
      goTo(index)
    },
    follow: () => {
      const box = scroller.current
      if (!box) return
      box.scrollTop = box.scrollHeight
      setFollowing(true)
      look()
    },
  }))

  const keys = (event: KeyboardEvent) => {
    const row = rows[found]
    if (event.altKey || event.ctrlKey || event.metaKey) return
    if (props.onKey?.(event, row)) {
      event.preventDefault()
      return
    }
    // Where none is active, one begins at what is in view.
    const from = found >= 0 ? found : Math.max(0, indexAt(tops, view.top + view.height - 1))
    const page = (direction: 1 | -1) =>
      Math.min(rows.length - 1, Math.max(0, indexAt(tops, (tops[from] ?? 0) + direction * view.height * PAGE_SHARE)))
    switch (event.key) {
      case 'ArrowDown':
        goTo(found < 0 ? Math.min(rows.length - 1, from) : Math.min(rows.length - 1, from + 1))
        break
      case 'ArrowUp':
        goTo(found < 0 ? Math.min(rows.length - 1, from) : Math.max(0, from - 1))
        break
      case 'PageDown':
        goTo(page(1))
        break
      case 'PageUp':
        goTo(page(-1))
        break
      case 'Home':
        goTo(0)
        break
      case 'End':
        goTo(rows.length - 1)
        break
      case 'Enter':
      case ' ':
        if (row) props.onOpen(row)
        break
      default:
        return
    }
    event.preventDefault()
  }

  const first = indexAt(tops, view.top - SPARE_PX)
  const last = Math.min(rows.length, indexAt(tops, view.top + view.height + SPARE_PX) + 1)
  const rowId = (key: string) => `${id}-${key}`
  const activeInPage = found >= first && found < last
  // The focus is the list's, for all of its rows: it names the active one.
  const listProps: HTMLAttributes<HTMLDivElement> = {
    role,
    tabIndex: 0,
    'aria-label': label,
    'aria-activedescendant': activeInPage && activeKey !== null ? rowId(activeKey) : undefined,
    onKeyDown: keys,
  }
  const optionProps = (row: Row, index: number): HTMLAttributes<HTMLDivElement> => ({
    role: role === 'tree' ? 'treeitem' : 'option',
    ...(role === 'listbox' && { 'aria-posinset': index + 1, 'aria-setsize': rows.length }),
    'aria-selected': false,
    onClick: () => {
      goTo(index)
      props.onOpen(row)
    },
    ...props.rowProps?.(row),
  })
  return (
    <div
      className={cn(
        'group/list relative flex min-h-0 flex-1 flex-col',
        // The list's own ring, over its rows; none where the active row has one.
        !activeInPage &&
          'after:pointer-events-none after:absolute after:inset-0 has-focus-visible:after:outline-2 has-focus-visible:after:outline-(--focus) has-focus-visible:after:-outline-offset-2',
        props.className,
      )}
    >
      <div
        ref={scroller}
        {...listProps}
        onScroll={({ currentTarget: box }) => {
          setFollowing(box.scrollTop + box.clientHeight >= box.scrollHeight - END_PX)
          look()
        }}
        className="min-h-0 flex-1 overflow-y-auto outline-none [overflow-anchor:none] [scrollbar-color:var(--line-strong)_transparent] [scrollbar-width:thin]"
      >
        <div role="presentation" className="relative" style={{ height: tops[rows.length] }}>
          {rows.slice(first, last).map((row, offset) => {
            const index = first + offset
            const active = index === found
            return (
              <div
                key={row.key}
                id={rowId(row.key)}
                {...optionProps(row, index)}
                data-active={active}
                className={cn(
                  'absolute inset-x-0 cursor-default',
                  props.rowClass?.(row),
                  active && 'group-has-focus-visible/list:outline-2 -outline-offset-2 outline-(--focus)',
                )}
                style={{ top: tops[index], height: (tops[index + 1] ?? 0) - (tops[index] ?? 0) }}
              >
                {props.children(row, active)}
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}

/** Of what is in view, Page Up and Down go so far: what was at one edge is still there at the other. */
const PAGE_SHARE = 0.9

/** Where each row begins, and behind them where the last one ends. */
function topsOf<Row>(rows: Row[], rowPx: number | ((row: Row) => number)): Float64Array {
  const tops = new Float64Array(rows.length + 1)
  let top = 0
  for (const [index, row] of rows.entries()) {
    tops[index] = top
    top += typeof rowPx === 'number' ? rowPx : rowPx(row)
  }
  tops[rows.length] = top
  return tops
}

/** Index of the row in which `px` lies: the first where it lies before all, the number of rows where behind. */
function indexAt(tops: Float64Array, px: number): number {
  let [low, high] = [0, tops.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((tops[middle] ?? 0) <= px) low = middle
    else high = middle - 1
  }
  return low
}

/** Scrolls no further than it has to. */
function show(box: HTMLElement, tops: Float64Array, index: number): void {
  const [top, bottom] = [tops[index] ?? 0, tops[index + 1] ?? 0]
  if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = bottom - box.clientHeight
  if (top < box.scrollTop) box.scrollTop = top
}

function inView(tops: Float64Array, index: number, { scrollTop, clientHeight }: HTMLElement): boolean {
  return index >= 0 && (tops[index] ?? 0) >= scrollTop && (tops[index + 1] ?? 0) <= scrollTop + clientHeight
}

/** A row that stays where it is seen when others come: the active one, or where that is not in view, the uppermost. */
type Anchor<Row> = { rows: Row[]; index: number /** px below the upper edge */; below: number }

/** The anchor, or the first row behind it that is still there. */
function whereNow<Row extends { key: string }>(was: Anchor<Row>, rows: Row[]): { index: number; below: number } | null {
  const key = was.rows[was.index]?.key
  const same = rows.findIndex((row) => row.key === key)
  if (same >= 0) return { index: same, below: was.below }
  const indexes = new Map(rows.map((row, index) => [row.key, index]))
  for (let before = was.index + 1; before < was.rows.length; before += 1) {
    const index = indexes.get(was.rows[before]?.key ?? '')
    if (index !== undefined) return { index, below: 0 }
  }
  return null
}
