'use client'
import { ArrowDown, ArrowLeft, ArrowRight, ArrowUp, Link2, Scissors, Unlink } from 'lucide-react'
import { cn } from '#components/ui/cn.ts'
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from '#components/ui/menu.tsx'
import type { NodeId, Quorum, RaftEvent } from '#raft/types.ts'
import { holdOf, type Place } from './places.ts'
import { useRaftWords } from './use-raft-words.ts'

export function cutsBetween({ cuts }: Quorum, a: NodeId, b: NodeId) {
  const isCut = (from: NodeId, to: NodeId) => cuts.some((cut) => cut.from === from && cut.to === to)
  return { there: isCut(a, b), back: isCut(b, a) }
}

/** The middle of a link: cuts it, one way or both, and mends it. */
export function LinkButton(props: {
  a: NodeId
  b: NodeId
  quorum: Quorum
  from: Place
  to: Place
  onDo: (...events: RaftEvent[]) => void
}) {
  const { a, b, quorum, onDo } = props
  const at = holdOf(quorum, a, b, props.from, props.to)
  const { t, name } = useRaftWords()
  const { there, back } = cutsBetween(quorum, a, b)
  const [nameA, nameB] = [name(quorum, a), name(quorum, b)]
  const one = there ? { from: nameA, to: nameB } : { from: nameB, to: nameA }
  const state = there && back ? t('linkState.both') : there || back ? t('linkState.one', one) : t('linkState.whole')
  const link = (is: 'cut' | 'mend', from: NodeId, to: NodeId): RaftEvent => ({ is, from, to })
  const isCut = there || back
  const Icon = !isCut ? Scissors : there && back ? Unlink : cutArrow(props.from, props.to, there)
  return (
    <Menu>
      <MenuTrigger
        aria-label={t('link', { a: nameA, b: nameB, state })}
        title={t('link', { a: nameA, b: nameB, state })}
        className={cn(
          'group absolute grid size-6 -translate-x-1/2 -translate-y-1/2 place-items-center rounded-full border bg-page',
          isCut ? 'border-bad text-bad' : 'border-line text-ink-quiet hover:border-line-strong hover:text-ink',
        )}
        style={{ left: `${at.x}%`, top: `${at.y}%` }}
      >
        <Icon className="size-3" strokeWidth={2} aria-hidden />
      </MenuTrigger>
      <MenuContent align="start">
        {!(there && back) && (
          <MenuItem onClick={() => onDo(link('cut', a, b), link('cut', b, a))}>
            <Unlink aria-hidden />
            {t('cutBoth')}
          </MenuItem>
        )}
        {!there && (
          <MenuItem onClick={() => onDo(link('cut', a, b))}>
            <ArrowRight aria-hidden />
            {t('cutOne', { from: nameA, to: nameB })}
          </MenuItem>
        )}
        {!back && (
          <MenuItem onClick={() => onDo(link('cut', b, a))}>
            <ArrowLeft aria-hidden />
            {t('cutOne', { from: nameB, to: nameA })}
          </MenuItem>
        )}
        {isCut && !(there && back) && <MenuSeparator />}
        {isCut && (
          <MenuItem onClick={() => onDo(link('mend', a, b), link('mend', b, a))}>
            <Link2 aria-hidden />
            {t('mend')}
          </MenuItem>
        )}
      </MenuContent>
    </Menu>
  )
}

/** Points where nothing arrives. */
function cutArrow(from: Place, to: Place, there: boolean) {
  const [x, y] = there ? [to.x - from.x, to.y - from.y] : [from.x - to.x, from.y - to.y]
  if (Math.abs(x) > Math.abs(y)) return x > 0 ? ArrowRight : ArrowLeft
  return y > 0 ? ArrowDown : ArrowUp
}
