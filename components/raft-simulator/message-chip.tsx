'use client'
import { Check, X } from 'lucide-react'
import { cn } from '#components/ui/cn.ts'
import { Menu, MenuContent, MenuItem, MenuTrigger } from '#components/ui/menu.tsx'
import type { Message, Quorum, RaftEvent } from '#raft/types.ts'
import type { Place } from './places.ts'
import { useRaftWords } from './use-raft-words.ts'

/** Between the cards, so that it is seen to have left and not yet to have come; beside each other these are close. */
const WAY = { slanted: [0.38, 0.6], flat: [0.46, 0.54] } as const
/** Several of one direction, in px. */
const EACH_PX = 19

/** A message on its link, as far as its time has gone. */
export function MessageChip(props: {
  message: Message
  quorum: Quorum
  from: Place
  to: Place
  /** the how manieth of this direction */
  nth: number
  onDo: (event: RaftEvent) => void
}) {
  const { message, quorum, from, to } = props
  const { t, name, what } = useRaftWords()
  const done = Math.min(1, Math.max(0, (quorum.now - message.sent) / Math.max(1, message.due - message.sent)))
  const isFlat = Math.abs(to.y - from.y) < 1
  const [first, last] = WAY[isFlat ? 'flat' : 'slanted']
  const part = first + (last - first) * done
  const side = message.from < message.to ? -1 : 1
  const label = t('message', {
    what: what(quorum, message),
    from: name(quorum, message.from),
    to: name(quorum, message.to),
  })
  return (
    <Menu>
      <MenuTrigger
        aria-label={label}
        title={label}
        className={cn(
          'absolute z-10 -translate-x-1/2 -translate-y-1/2 whitespace-nowrap rounded-full border px-1.5 font-medium text-[10.5px] leading-4 shadow-sm transition-[left,top] duration-300 ease-out motion-reduce:transition-none',
          // clear of the cards where these nearly touch
          isFlat ? '[--aside:42px]' : '[--aside:11px]',
          message.answers === null ? 'border-accent bg-accent text-on-accent' : 'border-accent bg-raised text-accent',
        )}
        style={{
          left: `${from.x + (to.x - from.x) * part}%`,
          top: `calc(${from.y + (to.y - from.y) * part}% + ${side} * (var(--aside) + ${props.nth * EACH_PX}px))`,
        }}
      >
        {what(quorum, message)}
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
