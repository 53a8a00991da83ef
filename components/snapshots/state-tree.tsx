'use client'
import { ChevronRight } from 'lucide-react'
import { type KeyboardEvent, useMemo, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { cn } from '#components/ui/cn.ts'
import { type Mark, rowsOf, type StateNode, type StateRow } from './state-nodes.ts'
import type { StateWords } from './use-state-words.ts'

const INDENT_REM = 1.05
const SIGN: Record<Mark, string> = { added: '+', removed: '−', changed: '±' }
const TONE: Record<Mark, string> = { added: 'text-good', removed: 'text-bad', changed: 'text-warn' }
const WASH: Record<Mark, string> = { added: 'bg-good-wash', removed: 'bg-bad-wash', changed: 'bg-warn-wash' }

/** A state of the metadata, to be opened branch by branch (the ARIA tree pattern, one stop of the Tab key). */
export function StateTree(props: { nodes: StateNode[]; label: string; words: StateWords; className?: string }) {
  const { nodes, words } = props
  const t = useTranslations('inspector')
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set())
  const [active, setActive] = useState<string | null>(null)
  const tree = useRef<HTMLDivElement>(null)
  const rows = useMemo(() => rowsOf(nodes, toggled), [nodes, toggled])
  const at = Math.max(
    0,
    rows.findIndex(({ node }) => node.key === active),
  )

  const toggle = ({ node }: StateRow) => {
    if (node.children.length === 0) return
    const next = new Set(toggled)
    if (!next.delete(node.key)) next.add(node.key)
    setToggled(next)
  }
  const goTo = (index: number) => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, index))]
    if (!row) return
    setActive(row.node.key)
    tree.current?.querySelectorAll<HTMLElement>('[role="treeitem"]')[rows.indexOf(row)]?.focus()
  }
  const keys = (event: KeyboardEvent) => {
    const row = rows[at]
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'ArrowDown') goTo(at + 1)
    else if (event.key === 'ArrowUp') goTo(at - 1)
    else if (event.key === 'Home') goTo(0)
    else if (event.key === 'End') goTo(rows.length - 1)
    else if (event.key === 'Enter' || event.key === ' ') toggle(row)
    else if (event.key === 'ArrowRight') {
      if (row.node.children.length > 0 && !row.open) toggle(row)
      else if (row.open) goTo(at + 1)
    } else if (event.key === 'ArrowLeft') {
      if (row.open) toggle(row)
      else goTo(rows.findLastIndex(({ level }, index) => index < at && level < row.level))
    } else return
    event.preventDefault()
  }
  if (rows.length === 0) return <p className="px-3.5 py-2 text-[13px] text-ink-quiet">{t('treeEmpty')}</p>
  return (
    <div
      ref={tree}
      role="tree"
      aria-label={props.label}
      onKeyDown={keys}
      className={cn('py-1 text-[12.5px]', props.className)}
      data-tree
    >
      {rows.map((row, index) => (
        <Row
          key={row.node.key}
          row={row}
          words={words}
          isStop={index === at}
          onPress={() => {
            goTo(index)
            toggle(row)
          }}
        />
      ))}
    </div>
  )
}

function Row(props: { row: StateRow; words: StateWords; isStop: boolean; onPress: () => void }) {
  const { row, words } = props
  const { node, level, open } = row
  const t = useTranslations('inspector')
  const isBranch = node.children.length > 0
  const { mark } = node
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the keys
    <div
      role="treeitem"
      aria-level={level}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-expanded={isBranch ? open : undefined}
      tabIndex={props.isStop ? 0 : -1}
      onClick={props.onPress}
      data-path={node.path.join('/')}
      data-mark={mark ?? undefined}
      className={cn(
        'flex items-baseline gap-x-1.5 py-[3px] pr-3.5 leading-snug outline-offset-[-2px]',
        isBranch && 'cursor-pointer',
        mark ? WASH[mark] : isBranch && 'hover:bg-sunken',
      )}
      style={{ paddingLeft: `${0.5 + (level - 1) * INDENT_REM}rem` }}
    >
      <span className="w-3.5 shrink-0 self-start pt-0.5">
        {isBranch && (
          <ChevronRight
            aria-hidden
            className={cn('size-3.5 text-ink-quiet transition-transform', open && 'rotate-90')}
            strokeWidth={2.25}
          />
        )}
      </span>
      {mark && (
        <span aria-hidden className={cn('w-2.5 shrink-0 text-center font-mono font-semibold', TONE[mark])}>
          {SIGN[mark]}
        </span>
      )}
      <span className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-2">
        <span
          className={cn(
            'shrink-0 font-mono text-[12px]',
            level === 1 ? 'font-semibold text-ink' : isBranch ? 'text-ink' : 'text-ink-quiet',
            mark === 'removed' && 'line-through',
          )}
        >
          {node.name}
        </span>
        {node.value && <Leaf node={node} words={words} />}
        {isBranch && <span className="min-w-0 text-ink-quiet tabular-nums">{words.gist(node, open)}</span>}
        {!isBranch && !node.value && <span className="text-ink-quiet">{t('says.none')}</span>}
      </span>
      {mark && node.isDifference && (
        <span className={cn('shrink-0 font-medium text-[11.5px]', TONE[mark])}>{t(mark)}</span>
      )}
      {node.differences > 0 && (
        <span className="shrink-0 text-[11.5px] text-ink-quiet tabular-nums">
          {t('differences', { count: node.differences })}
        </span>
      )}
    </div>
  )
}

function Leaf({ node, words }: { node: StateNode; words: StateWords }) {
  const t = useTranslations('inspector')
  const { is, was } = node.value ?? { is: null }
  const meaning = words.meaning(node)
  return (
    <>
      {was !== undefined && (
        <span className="min-w-0 break-all font-mono text-[12px] text-ink-quiet">
          <span className="sr-only">{t('was')} </span>
          <span className="line-through">{words.value(was)}</span>
          <span aria-hidden> →</span>
        </span>
      )}
      <span className={cn('min-w-0 break-all font-mono text-[12px] text-ink', was !== undefined && 'font-semibold')}>
        {was !== undefined && <span className="sr-only">{t('is')} </span>}
        {words.value(is)}
      </span>
      {meaning !== '' && <span className="min-w-0 text-ink-quiet">{meaning}</span>}
    </>
  )
}
