'use client'
import { cn } from '#components/ui/cn.ts'
import type { Quorum, RaftEvent } from '#raft/types.ts'
import { cutsBetween, LinkButton } from './link-button.tsx'
import { MessageChip } from './message-chip.tsx'
import { NodeCard } from './node-card.tsx'
import { linksOf, placesOf } from './places.ts'
import { useRaftWords } from './use-raft-words.ts'

/** The nodes, the links between them and what is on its way. */
export function Picture({ quorum, onDo }: { quorum: Quorum; onDo: (...events: RaftEvent[]) => void }) {
  const { t } = useRaftWords()
  const places = placesOf(quorum)
  const links = linksOf(quorum)
  const place = (id: number) => places.get(id) ?? { x: 50, y: 50 }
  const hasObservers = quorum.nodes.length > quorum.voters.length
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for a form
    <div
      role="group"
      aria-label={t('picture')}
      className={cn('relative', quorum.nodes.length === 2 ? 'h-36' : hasObservers ? 'h-96' : 'h-72')}
    >
      <svg aria-hidden="true" viewBox="0 0 100 100" preserveAspectRatio="none" className="absolute inset-0 size-full">
        {links.map(({ a, b }) => {
          const { there, back } = cutsBetween(quorum, a, b)
          const [from, to] = [place(a), place(b)]
          return (
            <line
              key={`${a} ${b}`}
              x1={from.x}
              y1={from.y}
              x2={to.x}
              y2={to.y}
              stroke={there || back ? 'var(--bad)' : 'var(--line-strong)'}
              strokeWidth="1.25"
              strokeDasharray={there && back ? '2 6' : there || back ? '6 4' : undefined}
              vectorEffect="non-scaling-stroke"
            />
          )
        })}
      </svg>
      {links.map(({ a, b }) => (
        <LinkButton key={`${a} ${b}`} a={a} b={b} quorum={quorum} from={place(a)} to={place(b)} onDo={onDo} />
      ))}
      {quorum.nodes.map((node) => (
        <NodeCard key={node.id} node={node} quorum={quorum} at={place(node.id)} onDo={onDo} />
      ))}
      {quorum.messages.map((message, at) => (
        <MessageChip
          key={message.id}
          nth={quorum.messages.slice(0, at).filter(({ from, to }) => from === message.from && to === message.to).length}
          message={message}
          quorum={quorum}
          from={place(message.from)}
          to={place(message.to)}
          onDo={onDo}
        />
      ))}
    </div>
  )
}
