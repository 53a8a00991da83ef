'use client'
import { Check, X } from 'lucide-react'
import { cn } from '#components/ui/cn.ts'
import { Menu, MenuContent, MenuItem, MenuTrigger } from '#components/ui/menu.tsx'
import type { Message, Quorum, RaftEvent } from '#raft/types.ts'
import type { Place } from './places.ts'
import { useRaftWords } from './use-raft-words.ts'

/** Between the cards, so that it is seen to have left and not yet to have come. */
const WAY = { from: 0.3, to: 0.7 }
/** The two directions of a link beside each other, in px. */
const ASIDE_PX = 13

/** A message on its link, as far as its time has gone. */
export function MessageChip(props: {
  message: Message
  quorum: Quorum
  from: Place
  to: Place
  onDo: (event: RaftEvent) => void
}) {
  const { message, quorum, from, to } = props
  const { t, name, what } = useRaftWords()
  const done = Math.min(1, Math.max(0, (quorum.now - message.sent) / Math.max(1, message.due - message.sent)))
  const part = WAY.from + (WAY.to - WAY.from) * done
  const side = message.from < message.to ? -1 : 1
  const isFlat = Math.abs(to.y - from.y) < Math.abs(to.x - from.x) / 3
  const label = t('message', { what: what(message), from: name(quorum, message.from), to: name(quorum, message.to) })
  return (
    <Menu>
      <MenuTrigger
        aria-label={label}
        title={label}
        className={cn(
          'absolute z-10 -translate-x-1/2 -translate-y-1/2 whitespace-nowrap rounded-full border px-1.5 font-medium text-[10.5px] leading-4 shadow-sm transition-[left,top] duration-300 ease-out motion-reduce:transition-none',
          message.answers === null ? 'border-accent bg-accent text-on-accent' : 'border-accent bg-raised text-accent',
        )}
        style={{
          left: `calc(${from.x + (to.x - from.x) * part}% + ${isFlat ? 0 : side * ASIDE_PX}px)`,
          top: `calc(${from.y + (to.y - from.y) * part}% + ${isFlat ? side * ASIDE_PX : 0}px)`,
        }}
      >
        {what(message)}
      </MenuTrigger>
      <MenuContent>
        <MenuItem onClick={() => props.onDo({ is: 'deliver', message: message.id })}>
          <Check aria-hidden />
          {t('deliver')}
        </MenuItem>
        <MenuItem onClick={() => props.onDo({ is: 'drop', message: message.id })}>
          <X aria-hidden />
          {t('drop')}
        </MenuItem>
      </MenuContent>
    </Menu>
  )
}
