/** The role of a node as one shape, one tone and one word; where the process does not run, that instead. */
import { cn } from '#components/ui/cn.ts'
import type { Node, Quorum } from '#raft/types.ts'

export type RoleLook = Node['role']['is'] | 'observer' | 'paused' | 'down'

export function lookOf({ voters }: Quorum, { id, directory, process, role }: Node): RoleLook {
  if (process !== 'running') return process
  const isVoter = voters.some((voter) => voter.id === id && voter.directory === directory)
  return !isVoter && role.is === 'follower' ? 'observer' : role.is
}

export const ROLE_TONE: Record<RoleLook, string> = {
  leader: 'text-accent',
  follower: 'text-good',
  observer: 'text-good',
  candidate: 'text-warn',
  prospective: 'text-warn',
  resigned: 'text-warn',
  unattached: 'text-ink-quiet',
  paused: 'text-warn',
  down: 'text-bad',
}

const SHAPES: Record<RoleLook, React.ReactNode> = {
  leader: (
    <path d="M6 .4 7.6 4.2l4.1.3-3.1 2.7 1 4L6 9l-3.6 2.2 1-4L.3 4.5l4.1-.3z" fill="currentColor" stroke="none" />
  ),
  follower: <circle cx="6" cy="6" r="4.6" fill="currentColor" stroke="none" />,
  observer: <rect x="1.6" y="1.6" width="8.8" height="8.8" rx="1" />,
  candidate: <path d="M6 1 11.4 10.6H.6z" fill="currentColor" stroke="none" />,
  prospective: <path d="M6 1.8 10.6 10H1.4z" />,
  resigned: <path d="M6 .9 11.1 6 6 11.1.9 6z" />,
  unattached: <circle cx="6" cy="6" r="4.6" strokeDasharray="2 1.7" />,
  paused: <path d="M3.8 1.5v9M8.2 1.5v9" strokeWidth="2.4" />,
  down: <path d="M2 2l8 8M10 2l-8 8" strokeWidth="2" />,
}

export const RoleShape = ({ look }: { look: RoleLook }) => (
  <svg
    viewBox="0 0 12 12"
    aria-hidden="true"
    className={cn('size-3 shrink-0', ROLE_TONE[look])}
    fill="none"
    stroke="currentColor"
    strokeWidth="1.6"
    strokeLinejoin="round"
  >
    {SHAPES[look]}
  </svg>
)
