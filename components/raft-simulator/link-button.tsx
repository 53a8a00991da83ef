'use client'
import { ArrowLeft, ArrowRight, Link2, Scissors, Unlink } from 'lucide-react'
import { cn } from '#components/ui/cn.ts'
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from '#components/ui/menu.tsx'
import type { NodeId, Quorum, RaftEvent } from '#raft/types.ts'
import type { Place } from './places.ts'
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
  at: Place
  onDo: (...events: RaftEvent[]) => void
}) {
  const { a, b, quorum, at, onDo } = props
  const { t, name } = useRaftWords()
  const { there, back } = cutsBetween(quorum, a, b)
  const [nameA, nameB] = [name(quorum, a), name(quorum, b)]
  const one = there ? { from: nameA, to: nameB } : { from: nameB, to: nameA }
  const state = there && back ? t('linkState.both') : there || back ? t('linkState.one', one) : t('linkState.whole')
  const link = (is: 'cut' | 'mend', from: NodeId, to: NodeId): RaftEvent => ({ is, from, to })
  const Icon = !there && !back ? Scissors : there && back ? Unlink : there ? ArrowLeft : ArrowRight
  const isCut = there || back
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
        {there !== back ? (
          <span className="font-semibold text-[9px] leading-none">½</span>
        ) : (
          <Icon className="size-3" strokeWidth={2} aria-hidden />
        )}
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
