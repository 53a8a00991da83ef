import { cn } from '#components/ui/cn.ts'
import { translate } from '#messages/text.ts'

const PHASES = ['before', 'provision', 'dualWrite', 'brokers', 'finalised'] as const
type In = 'zookeeper' | 'both' | 'quorum' | 'none'
/** What is where in each phase of KIP-866; a cell spans the phases that it holds for. */
const LANES = [
  {
    lane: 'controller',
    cells: [
      ['brokerIsController', 'zookeeper', 2],
      ['quorumLeader', 'quorum', 3],
    ],
  },
  {
    lane: 'zookeeper',
    cells: [
      ['truth', 'zookeeper', 2],
      ['copy', 'both', 2],
      ['old', 'none', 1],
    ],
  },
  {
    lane: 'log',
    cells: [
      ['noLog', 'none', 1],
      ['empty', 'both', 1],
      ['truth', 'quorum', 3],
    ],
  },
  {
    lane: 'brokers',
    cells: [
      ['inZooKeeper', 'zookeeper', 2],
      ['inBoth', 'both', 1],
      ['leaving', 'both', 1],
      ['inQuorum', 'quorum', 1],
    ],
  },
  {
    lane: 'back',
    cells: [
      ['wayBack', 'both', 4],
      ['noWayBack', 'none', 1],
    ],
  },
] as const satisfies { lane: string; cells: readonly (readonly [string, In, number])[] }[]

const LOOKS: Record<In, string> = {
  zookeeper: 'bg-warn-wash',
  both: 'bg-[linear-gradient(100deg,var(--color-warn-wash),var(--color-accent-wash))]',
  quorum: 'bg-accent-wash',
  none: 'text-ink-quiet',
}

/** Who decides and where the metadata is, from ZooKeeper alone to the quorum alone. */
export function MigrationPhasesDiagram() {
  const t = (key: string) => translate(`diagram.migration.${key}` as Parameters<typeof translate>[0])
  return (
    <div className="overflow-x-auto">
      <table className="w-full min-w-[40rem] table-fixed border-separate! border-spacing-1 text-left text-[13px] leading-snug">
        <caption className="sr-only">{t('title')}</caption>
        <thead>
          <tr>
            <td className="w-[6.5rem] border-0! p-0!" />
            {PHASES.map((phase, at) => (
              <th key={phase} scope="col" className="border-0! px-2! py-1! font-semibold text-ink">
                <span className="mr-1.5 text-ink-quiet tabular-nums">{at}</span>
                {t(phase)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {LANES.map(({ lane, cells }) => (
            <tr key={lane}>
              <th scope="row" className="border-0! py-2! pr-2! pl-0! font-medium text-ink-soft">
                {t(lane)}
              </th>
              {cells.map(([text, where, span]) => (
                <td
                  key={text}
                  colSpan={span}
                  className={cn('rounded-md border! border-line! px-2.5! py-2! text-ink', LOOKS[where])}
                >
                  {t(text)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
