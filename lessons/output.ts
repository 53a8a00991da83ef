/**
 * Holds the output that a lesson shows against the real one of another run. Words must be the same; what is another in
 * each run (ids, times, offsets, epochs, who leads) is not compared. `...` in the lesson stands for anything.
 */

/** A title with one of these says that the output is not the whole. Else each line of the real output must be there. */
const SAYS_PART = /shorten|without|\bfirst\b|\blast\b|beginning|\bpart\b|\bhalf\b|of the lines|of the \d+|from .* on\b/i
/** Shown lines may be pieces of lines. */
const SAYS_SHORTENED = /shorten/i
/** A shown line that was broken to fit goes on in one that is indented. */
const SAYS_BROKEN = /broken/i
/** `cut -c` ends a line in the midst of a word, at another place when a number before has another length. */
const CUTS = /\bcut -c(\d+)-(\d+)/
const CUT_TOLERANCE_CHARS = 24

export type Difference =
  /** shown, and not in the real output after what was shown before it. `nearest`: the real line most like it */
  | { kind: 'not-there'; shown: string; nearest: string | null }
  /** in the real output, and not shown though nothing says that lines are left out */
  | { kind: 'not-shown'; real: string }

export type Shown = { title: string | null; lines: string[]; anyOrder: boolean; command: string }

export function compareOutput(shown: Shown, output: string): Difference[] {
  const { title, anyOrder } = shown
  const [, begin = '0', end = 'Infinity'] = CUTS.exec(shown.command) ?? []
  const width = Number(end) - Number(begin) + 1
  const wanted = (SAYS_BROKEN.test(title ?? '') ? joined(shown.lines) : shown.lines).filter(isText)
  const real = output.split('\n').filter(isText)
  const used = new Set<number>()
  const differences: Difference[] = []
  let from = 0
  const isShortened = SAYS_SHORTENED.test(title ?? '')
  for (const line of wanted) {
    const pattern = patternOf(isShortened ? line.trim() : line)
    const piece = isShortened ? ['', ...pattern, ''] : pattern
    const at = real.findIndex((one, index) => {
      if (index < from || used.has(index)) return false
      const normal = normalise(one)
      return (
        matches(piece, normal) ||
        (one.length >= width && pattern.length === 1 && sameUntilCut(pattern[0] ?? '', normal))
      )
    })
    if (at < 0) {
      differences.push({ kind: 'not-there', shown: line, nearest: nearest(line, real, from, used) })
      continue
    }
    used.add(at)
    if (!anyOrder) from = at + 1
  }
  if (!SAYS_PART.test(title ?? ''))
    for (const [at, line] of real.entries()) if (!used.has(at)) differences.push({ kind: 'not-shown', real: line })
  return differences
}

const isText = (line: string): boolean => line.trim() !== ''

function joined(lines: string[]): string[] {
  const whole: string[] = []
  for (const line of lines) {
    if (/^ {2,}\S/.test(line) && whole.length > 0) whole.push(`${whole.pop()} ${line.trim()}`)
    else whole.push(line)
  }
  return whole
}

/** Pieces between the `...`; one piece: no `...`. What stands before one may be cut anywhere. */
const patternOf = (line: string): string[] => normalise(line.replace(/[\w-]+\.\.\./g, '...')).split('...')

function matches(pieces: string[], real: string): boolean {
  const [first = '', ...others] = pieces
  if (others.length === 0) return first === real
  if (!real.startsWith(first)) return false
  let from = first.length
  for (const [index, piece] of others.entries()) {
    const at = index === others.length - 1 ? real.length - piece.length : real.indexOf(piece, from)
    if (at < from || !real.startsWith(piece, at)) return false
    from = at + piece.length
  }
  return true
}

function sameUntilCut(a: string, b: string): boolean {
  const [shorter, longer] = [a, b].sort((one, other) => one.length - other.length) as [string, string]
  return longer.length - shorter.length <= CUT_TOLERANCE_CHARS && longer.startsWith(shorter.replace(/[\w-]+$/, ''))
}

/** By the words that both have. */
function nearest(line: string, real: string[], from: number, used: Set<number>): string | null {
  const words = (text: string) => new Set(normalise(text).match(/[\w.‹›]+/g))
  const wanted = words(line)
  let [best, most] = [null as string | null, 0]
  for (const [at, one] of real.entries()) {
    if (at < from || used.has(at)) continue
    const common = [...words(one)].filter((word) => wanted.has(word)).length
    if (common > most) [best, most] = [one, common]
  }
  return best
}

const NUMBER = '-?\\d+'
/** A number behind one of these, in any spelling of "label: 1", is another in each run. */
const VARYING = [
  'offset',
  'baseOffset',
  'lastOffset',
  'appliedOffset',
  'position',
  'segmentBaseOffset',
  'crc',
  'sequence',
  'CreateTime',
  'HighWatermark',
  'MaxFollowerLag',
  'MaxFollowerLagTimeMs',
  'LeaderId',
  'LeaderEpoch',
  'partitionLeaderEpoch',
  'brokerEpoch',
  'broker epoch',
  'epoch',
  'Epoch',
  'leaderId',
  'leaderEpoch',
  'votedId',
  'lastContainedLogTimestamp',
  'Leader',
  'leader',
  'correlation id',
  'deadlineMs',
  'nextAllowedTryMs',
  'tries',
  'RaftManager id',
  'at offset',
  'end offset',
  'offset to',
  'due to node',
  'Disconnecting from node',
  'from leader',
  'log ends at',
  // metrics of a node that go on by themselves
  'high-watermark',
  'EventQueueOperationsStartedCount:Value',
  'LastAppliedRecordLagMs:Value',
  'LastAppliedRecordOffset:Value',
  'LastCommittedRecordOffset:Value',
  'NewActiveControllersCount:Value',
  // ZooKeeper's nodes
  'brokerid',
  'kraftControllerEpoch',
  'controller_epoch',
  'leader_epoch',
  'kraft_metadata_offset',
  'kraft_metadata_epoch',
  'kraft_controller_id',
  'kraft_controller_epoch',
].join('|')

const RULES: [RegExp, string][] = [
  [/\s+$/, ''],
  [/(?<![\w-])(?!A{22}|LastAppliedRecordLagMs)(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{22}(?![\w-])/g, '‹id›'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?Z?/g, '‹time›'],
  [/\b\d\d:\d\d:\d\d[.,]\d+/g, '‹time›'],
  [/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} +\d+ [\d:]+ [A-Z]+ \d{4}/g, '‹time›'],
  [/\b1[6-9]\d{11}\b|\b1[6-9]\d{8}\.\d{3}\b/g, '‹time›'],
  // ls -l: size of what grows, and the time
  [/^([-dl][rwx-]{9} +\d+ \S+ +\S+ +)(\d+) [A-Z][a-z]{2} +\d+ [\d:]+/, '$1$2 ‹time›'],
  [/^([-dl][rwx-]{9} +\d+ \S+ +\S+) +\d+(?= ‹time› (?!0{20}-)\d{20}(?:\.log|-))/, '$1 ‹n›'],
  [/^([-dl][rwx-]{9} +\d+ \S+ +\S+) +\d+(?= ‹time› \d{20}\.log)/, '$1 ‹n›'],
  [/^total \d+$/, 'total ‹n›'],
  // names of segments and snapshots, but for those that end or begin at 0
  [/\b(?!0{20})\d{20}\b/g, '‹offset›'],
  [/‹offset›-\d{10}\b/g, '‹offset›-‹epoch›'],
  [new RegExp(`\\b(${VARYING})(["']?\\s?[:= ]\\s*)${NUMBER}\\b`, 'g'), '$1$2‹n›'],
  // replicas and ISR: how many they are, not which
  [/(?<=(?:Replicas: |Isr: |Elr: |\w+=\[|(?:isr|replicas)":\[)[\d, ]*)\d+/g, '‹n›'],
  [/("type":"PARTITION_CHANGE_RECORD".*"partitionId":)\d+/, '$1‹n›'],
  // -1 is none, and the first sequence is 0
  [/(?<=\bproducerId: )\d+/g, '‹n›'],
  [/(?<=\bbaseSequence: )[1-9]\d*/g, '‹n›'],
  [/^(baseOffset: .* lastOffset: .* count: )\d+/, '$1‹n›'],
  [/(?<=^baseOffset: .* lastOffset: .* size: )\d+/, '‹n›'],
  [/(?<=LogSegment\(baseOffset=‹n›, size=)\d+/g, '‹n›'],
  [/(?<=^Current(?:Voters|Observers): .*"id": )\d+/g, '‹node›'],
  [/(?<=leader election \(PREFERRED\) for partitions ).*/, '‹partitions›'],
  // who leads, as a refusal names it
  [/(?<=\bLocal controller )\d+(?= only)/g, '‹node›'],
  // who voted for the leader: how many they are, not which
  [/(?<="grantingVoters":\[(?:\{"voterId":\S+?\},)*\{"voterId":)\d+/g, '‹node›'],
  // an answer to a Vote, as lessons shorten it
  [/\breplica \d+(?= epoch ‹n›, log ends at)/, 'replica ‹node›'],
  [/\b\d+ ms ago\b/g, '‹n› ms ago'],
  // 1 of the one that leads
  [/(?<=\bActiveControllerCount:Value=)[01]$/, '‹0 or 1›'],
  // leader-epoch-checkpoint: an epoch, and where it begins; only the first begins at 0
  [/^\d+ 0$/, '‹epoch› 0'],
  [/^\d+ [1-9]\d*$/, '‹epoch› ‹offset›'],
  // kafka-metadata-quorum describe --replication
  [
    /^\d+\s+(‹id›|A{22})\s+\d+\s+\d+\s+(?:‹time›|‹n› ms ago|-1)\s+(?:‹time›|‹n› ms ago|-1)\s+(Leader|Follower|Observer)$/,
    '‹node› $1 ‹n› ‹lag› ‹time› ‹time› $2',
  ],
  // the same of a replica that this leader has never heard of: it was down or cut off at the election
  [/^\d+\s+(‹id›|A{22})\s+-1\s+\d+\s+-1\s+-1\s+(Follower|Observer)$/, '‹node› $1 ‹n› ‹lag› ‹time› ‹time› $2'],
  // what uniq -c counted of them depends on how long it was idle
  [/^\s*\d+ "type":"NO_OP_RECORD"$/, '‹n› "type":"NO_OP_RECORD"'],
]

/** @public for its test */
export const normalise = (line: string): string =>
  RULES.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), line)
