/** What a lesson may write. Anything else in its MDX is an error that names it. */
import type { ComponentProps } from 'react'
import { BatchDiagram } from '#components/diagrams/batch.tsx'
import { CombinedNodeDiagram } from '#components/diagrams/combined-node.tsx'
import { CommitOrderDiagram } from '#components/diagrams/commit-order.tsx'
import { CompactionDiagram } from '#components/diagrams/compaction.tsx'
import { LogDiagram } from '#components/diagrams/log.tsx'
import { MetadataLogDiagram } from '#components/diagrams/metadata-log.tsx'
import { MigrationPhasesDiagram } from '#components/diagrams/migration-phases.tsx'
import { OffsetIndexDiagram } from '#components/diagrams/offset-index.tsx'
import { QuorumDiagram } from '#components/diagrams/quorum.tsx'
import { ReassignmentDiagram } from '#components/diagrams/reassignment.tsx'
import { RebalanceDiagram } from '#components/diagrams/rebalance.tsx'
import { ReplicaLadder } from '#components/diagrams/replica-ladder.tsx'
import { RequestPathDiagram } from '#components/diagrams/request-path.tsx'
import { TransactionLogDiagram } from '#components/diagrams/transaction-log.tsx'
import { RaftSimulator } from '#components/raft-simulator/raft-simulator.tsx'
import { Benefits } from './benefits.tsx'
import { Callout } from './callout.tsx'
import { Check } from './check.tsx'
import { Code } from './code.tsx'
import { CodeBlock } from './code-block.tsx'
import { Do } from './do.tsx'
import { Edit } from './edit.tsx'
import { Figure } from './figure.tsx'
import { Measured } from './measured.tsx'
import { Choice, Quiz } from './quiz.tsx'
import { Release, Releases } from './releases.tsx'
import { Run } from './run.tsx'
import { Step, Steps } from './steps.tsx'
import { Term } from './term.tsx'
import { TerminalOutput } from './terminal-output.tsx'

const Table = (props: ComponentProps<'table'>) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what may scroll must be reached by the keyboard
  <div className="table-scroll shades" tabIndex={0}>
    <table {...props} />
  </div>
)

/** The corner above a column of names is no heading. */
const HeadCell = ({ children, ...props }: ComponentProps<'th'>) =>
  children ? <th {...props}>{children}</th> : <td {...props} />

/** The page has its own first heading. */
const NoFirstHeading = ({ children, ...props }: ComponentProps<'h2'>) => <h2 {...props}>{children}</h2>

export const lessonComponents = {
  BatchDiagram,
  Benefits,
  Callout,
  Check,
  Choice,
  CombinedNodeDiagram,
  CommitOrderDiagram,
  CompactionDiagram,
  Do,
  Edit,
  Figure,
  LogDiagram,
  Measured,
  MetadataLogDiagram,
  MigrationPhasesDiagram,
  OffsetIndexDiagram,
  Quiz,
  QuorumDiagram,
  RequestPathDiagram,
  RaftSimulator,
  ReassignmentDiagram,
  RebalanceDiagram,
  Release,
  Releases,
  ReplicaLadder,
  Run,
  Step,
  Steps,
  Term,
  Terminal: TerminalOutput,
  TransactionLogDiagram,
  code: Code,
  h1: NoFirstHeading,
  pre: CodeBlock,
  table: Table,
  th: HeadCell,
}
