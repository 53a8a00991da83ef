import { cn } from '#components/ui/cn.ts'
import { translate } from '#messages/text.ts'

const LANES = ['controller', 'zookeeper', 'log', 'brokers'] as const
type Where = 'zookeeper' | 'both' | 'quorum' | 'nowhere'
/** What is where in each phase of KIP-866. A cell holds for `phases` of them, from its own on. */
const PHASES = [
  {
    phase: 'before',
    cells: [
      { says: 'aBroker', where: 'zookeeper', phases: 2 },
      { says: 'counts', where: 'zookeeper', phases: 2 },
      { says: 'none', where: 'nowhere', phases: 1 },
      { says: 'registered', where: 'zookeeper', phases: 2 },
    ],
  },
  { phase: 'provision', cells: [{ says: 'empty', where: 'nowhere', phases: 1 }] },
  {
    phase: 'dualWrite',
    cells: [
      { says: 'theLeader', where: 'quorum', phases: 3 },
      { says: 'copy', where: 'both', phases: 2 },
      { says: 'counts', where: 'quorum', phases: 3 },
      { says: 'registeredInBoth', where: 'both', phases: 1 },
    ],
  },
  { phase: 'leave', cells: [{ says: 'oneByOne', where: 'both', phases: 1 }] },
  {
    phase: 'finalised',
    cells: [
      { says: 'oldCopy', where: 'nowhere', phases: 1 },
      { says: 'registeredInQuorum', where: 'quorum', phases: 1 },
    ],
  },
] as const satisfies { phase: string; cells: { says: string; where: Where; phases: number }[] }[]
/** From here one cannot go back. */
const FINAL = 'finalised'

const LOOKS: Record<Where, string> = {
  zookeeper: 'border-warn/40! bg-warn-wash',
  both: 'border-line-strong! bg-[linear-gradient(160deg,var(--color-warn-wash)_35%,var(--color-accent-wash)_65%)]',
  quorum: 'border-accent/40! bg-accent-wash',
  nowhere: 'border-line! text-ink-quiet',
}

/** Who decides and where the metadata is, from ZooKeeper alone at the top to the quorum alone at the bottom. */
export function MigrationPhasesDiagram() {
  return (
    // on a phone it is scrolled, rather than broken within words
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className="shades overflow-x-auto" tabIndex={0}>
      <table className="w-full min-w-[26rem] table-fixed border-separate! border-spacing-1 text-left text-[12.5px] leading-snug">
        <caption className="sr-only">{translate('diagram.migration.title')}</caption>
        <thead>
          <tr>
            <td className="w-[19%] border-0! p-0!" />
            {LANES.map((lane) => (
              <th key={lane} scope="col" className="border-0! px-1.5! py-1! font-medium text-ink-soft">
                {translate(`diagram.migration.lane.${lane}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {PHASES.map(({ phase, cells }, at) => (
            <tr key={phase}>
              <th scope="row" className="border-0! py-2! pr-1! pl-0! align-top font-semibold text-ink">
                <span className="mr-1.5 text-ink-quiet tabular-nums">{at}</span>
                {translate(`diagram.migration.phase.${phase}`)}
                {phase === FINAL && (
                  <span className="block font-normal text-bad">{translate('diagram.migration.noWayBack')}</span>
                )}
              </th>
              {cells.map(({ says, where, phases }) => (
                <td
                  key={says}
                  rowSpan={phases}
                  className={cn('rounded-md border! px-2! py-1.5! align-top text-ink', LOOKS[where])}
                >
                  {translate(`diagram.migration.says.${says}`)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
