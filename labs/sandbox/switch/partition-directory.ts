/**
 * The directory of one partition on a host, listed by a helper that reaches the host's own disks and nothing else: names
 * and sizes of regular files, and of Kafka's checkpoints what they say.
 */
import { KraftlabError } from '#config/errors.ts'
import type { PartitionFile, PartitionFiles } from '#labs/protocol/observation.ts'
import { readByHelper } from './helper.ts'
import type { Host } from './host.ts'

const LIMIT_MS = 3_000
const MAX_FILES = 300
/** A line has some 20 bytes, one for each epoch or partition. */
const MAX_CHECKPOINT_BYTES = 16_384
const MAX_EPOCHS = 200
/** As Kafka names them (org.apache.kafka.storage.internals.log.LogFileUtils). */
const NAME = /^(\d{20})\.(log|index|timeindex|txnindex|snapshot)(\.deleted|\.cleaned|\.swap)?$/
const KINDS = { log: 'segment', index: 'index', timeindex: 'time index', txnindex: 'transaction index' } as const

/** In the log directory, with a line for each partition that it has (org.apache.kafka.storage.internals.checkpoint). */
const CHECKPOINTS = {
  highWatermark: 'replication-offset-checkpoint',
  recoveryPoint: 'recovery-point-offset-checkpoint',
  logStart: 'log-start-offset-checkpoint',
  cleaned: 'cleaner-offset-checkpoint',
} as const
const EPOCHS = 'leader-epoch-checkpoint'

const LOOK = `
most=$1; partition=$2; shift 2
base=
for one; do
  if [ -d "$one/$partition" ] && [ ! -L "$one/$partition" ]; then base=$one; break; fi
done
[ -n "$base" ] && cd -- "$base/$partition" 2>/dev/null || { echo none; exit; }
find . -maxdepth 1 -type f -printf 'file %s %T@ %f\\n' 2>/dev/null | sort -k 4 | tail -n "$most"
for path in ./${EPOCHS} ${Object.values(CHECKPOINTS)
  .map((name) => `../${name}`)
  .join(' ')}; do
  if [ -L "$path" ] || [ ! -f "$path" ]; then continue; fi
  printf 'checkpoint %s ' "\${path##*/}"
  dd if="$path" iflag=nonblock,nofollow,count_bytes,fullblock count=${MAX_CHECKPOINT_BYTES} bs=${MAX_CHECKPOINT_BYTES} status=none 2>/dev/null | base64 --wrap=0
  echo
done
echo end`

/**
 * @param declared log directories of the host's node, as the lab has them
 * @returns null where none of them has that partition
 * @throws KraftlabError HOST_UNAVAILABLE where it could not be read in time
 */
export async function readPartitionDirectory(
  host: Host,
  declared: string[],
  of: { topic: string; partition: number },
): Promise<PartitionFiles | null> {
  const name = `${of.topic}-${of.partition}`
  const args = [String(MAX_FILES), name, ...declared]
  const maxBytes = MAX_FILES * 320 + 6 * MAX_CHECKPOINT_BYTES * 2
  const said = await readByHelper(host, { script: LOOK, args, limitMs: LIMIT_MS, maxBytes })
  const lines = said.toString('utf8').split('\n')
  if (lines[0] === 'none') return null
  if (!lines.includes('end'))
    throw new KraftlabError('HOST_UNAVAILABLE', `${name} on ${host.name} could not be read in time. Try again.`)
  const files = lines.flatMap((line) => fileOf(line) ?? [])
  const texts = new Map(lines.flatMap((line) => checkpointOf(line) ?? []))
  const offsetIn = (checkpoint: string): number | null => {
    const row = rowsOf(texts.get(checkpoint)).find(
      ([topic, index]) => topic === of.topic && index === `${of.partition}`,
    )
    return row ? numberOf(row[2]) : null
  }
  return {
    files,
    epochs: rowsOf(texts.get(EPOCHS))
      .flatMap(([epoch, from]) => {
        const [one, other] = [numberOf(epoch), numberOf(from)]
        return one === null || other === null ? [] : [{ epoch: one, from: other }]
      })
      .slice(-MAX_EPOCHS),
    highWatermark: offsetIn(CHECKPOINTS.highWatermark),
    recoveryPoint: offsetIn(CHECKPOINTS.recoveryPoint),
    logStart: offsetIn(CHECKPOINTS.logStart),
    cleaned: offsetIn(CHECKPOINTS.cleaned),
  }
}

/** Kafka's own alone. A file may be said to have any size and time: a sparse one costs nothing. */
function fileOf(line: string): PartitionFile | undefined {
  const [, size, modified, name = ''] = /^file (\d+) ([\d.]+) (.*)$/.exec(line) ?? []
  const [, offset, ending, suffix] = NAME.exec(name) ?? []
  if (offset === undefined || !Number.isSafeInteger(Number(offset))) return undefined
  const kind = suffix
    ? (suffix.slice(1) as 'deleted' | 'cleaned' | 'swap')
    : ending === 'snapshot'
      ? 'producer snapshot'
      : KINDS[ending as keyof typeof KINDS]
  const bytes = Math.min(Number(size), Number.MAX_SAFE_INTEGER)
  return { name, kind, offset: Number(offset), bytes, modified: Math.round(Number(modified) * 1_000) }
}

function checkpointOf(line: string): [string, string][] | undefined {
  const [word, name = '', base64 = ''] = line.split(' ')
  return word === 'checkpoint' ? [[name, Buffer.from(base64, 'base64').toString('utf8')]] : undefined
}

/** Behind a version and a count, one row a line. */
const rowsOf = (text: string | undefined): string[][] =>
  (text ?? '')
    .split('\n')
    .slice(2)
    .filter((line) => line !== '')
    .map((line) => line.split(' '))

function numberOf(text: string | undefined): number | null {
  const number = Number(text)
  return text !== undefined && /^\d+$/.test(text) && Number.isSafeInteger(number) ? number : null
}
