/**
 * The directory of a host's metadata log, listed and read by a helper that reaches the host's own disks and nothing else,
 * whatever lies there: regular files of Kafka's names alone, so many, and so many bytes of them.
 */
import { KraftlabError } from '#config/errors.ts'
import type { LogFile } from '#labs/protocol/observation.ts'
import type { RoomNode } from '#labs/protocol/room.ts'
import { readByHelper } from './helper.ts'
import type { Host } from './host.ts'

const LIMIT_MS = 3_000
/** A snapshot for each few records of a lesson, kept for as long as it lasts. */
export const MAX_FILES = 500
/** The helper's own copy, in memory: its length is certain, that of a file that is written to is not. */
const PART_BYTES = 4 << 20
/** The lines around the bytes. */
const MAX_LINES_BYTES = 256 << 10
/** As Kafka names them (org.apache.kafka.storage.internals.log.LogFileUtils, org.apache.kafka.snapshot.Snapshots). */
const NAME = /^(\d{20})(?:-(\d{10})\.checkpoint|\.log)(\.deleted)?$/
export const SNAPSHOT_NAME = /^\d{20}-\d{10}\.checkpoint(\.deleted)?$/

/** Where the lab declares no directory, or nothing is there: the log that was written to last. */
const LOOK = `
most=$1; count=$2; shift 2
declared=("\${@:1:count}"); shift "$count"
directory=
for one in "\${declared[@]}"; do
  if [ -d "$one/__cluster_metadata-0" ] && [ ! -L "$one/__cluster_metadata-0" ]; then directory=$one/__cluster_metadata-0; break; fi
done
[ -n "$directory" ] || directory=$(
  find /home/learner /var/lib/kafka /tmp -xdev -maxdepth 5 -type f -path '*/__cluster_metadata-0/*' \\
    \\( -name '*.log' -o -name '*.checkpoint' \\) -printf '%T@ %h\\n' 2>/dev/null | sort -rn | head -n 1 | cut -d ' ' -f 2-)
[ -n "$directory" ] && cd -- "$directory" 2>/dev/null || { echo none; exit; }
printf 'directory %s\\n' "$directory"
find . -maxdepth 1 -type f -regextype posix-extended -regex '\\./[0-9]{20}(-[0-9]{10}\\.checkpoint|\\.log)(\\.deleted)?' \\
  -printf 'file %f %s %T@\\n' 2>/dev/null | sort -r | head -n "$most"
for want; do
  IFS=: read -r name from max <<< "$want"
  while [ "$max" -gt 0 ]; do
    size=$max; [ "$size" -gt ${PART_BYTES} ] && size=${PART_BYTES}
    dd if="./$name" of=/scratch/part iflag=nonblock,nofollow,skip_bytes,count_bytes,fullblock skip="$from" count="$size" \\
      bs=65536 status=none 2>/dev/null || break
    got=$(stat -c %s /scratch/part)
    printf 'part %s %s %s\\n' "$name" "$from" "$got"
    cat /scratch/part
    from=$((from + got)); max=$((max - got))
    [ "$got" -eq "$size" ] || break
  done
done
echo end`

/** Of the nodes that a lab lays on a host. */
export const logDirectoriesOf = (nodes: RoomNode[], host: string): string[] =>
  nodes.filter((node) => node.host === host).flatMap((node) => node.logDirectories)

/** Bytes of a file from a position on. */
export type Want = { name: string; from: number; max: number }
export type Part = { name: string; from: number; bytes: Buffer }
export type Looked = {
  path: string
  /** in order of offset, the newest of them where there are too many */
  files: LogFile[]
  isCut: boolean
  /** in order; fewer, or shorter ones, where a file has less or cannot be read */
  parts: Part[]
}

/**
 * @param declared log directories of the host's node, as the lab has them
 * @returns null where there is no metadata log
 * @throws KraftlabError HOST_UNAVAILABLE where it could not be read in time
 */
export async function lookInto(host: Host, declared: string[], wants: Want[] = []): Promise<Looked | null> {
  const given = wants.map(({ name, from, max }) => `${name}:${from}:${max}`)
  const most = wants.reduce((sum, { max }) => sum + max, MAX_LINES_BYTES)
  const args = [String(MAX_FILES + 1), String(declared.length), ...declared, ...given]
  const more = ['--dir', '/scratch']
  const reading = readByHelper(host, { script: LOOK, args, limitMs: LIMIT_MS, maxBytes: most, more })
  const looked = parse(await reading.catch(() => Buffer.alloc(0)))
  if (looked === undefined)
    throw new KraftlabError(
      'HOST_UNAVAILABLE',
      `The metadata log of ${host.name} could not be read in time. Try again.`,
    )
  return looked
}

/** @returns undefined where it was not said to its end */
function parse(said: Buffer): Looked | null | undefined {
  const looked: Looked = { path: '', files: [], isCut: false, parts: [] }
  for (let at = 0; ; ) {
    const end = said.indexOf('\n', at)
    if (end < 0) return undefined
    const [word, ...rest] = said.toString('utf8', at, end).split(' ')
    at = end + 1
    if (word === 'none') return null
    if (word === 'end') break
    if (word === 'directory') looked.path = rest.join(' ')
    const [name = '', second, third] = rest
    if (word === 'file') {
      const file = fileOf(name, Number(second), Number(third))
      if (file) looked.files.push(file)
    }
    if (word === 'part') {
      const length = Number(third)
      if (at + length > said.length) return undefined
      looked.parts.push({ name, from: Number(second), bytes: said.subarray(at, at + length) })
      at += length
    }
  }
  looked.isCut = looked.files.length > MAX_FILES
  looked.files = looked.files.slice(0, MAX_FILES).reverse()
  return looked
}

/** @param modified s since 1970. A file may be said to have any size and time: a sparse one costs nothing. */
function fileOf(name: string, size: number, modified: number): LogFile | undefined {
  const [, offset, epoch, deleted] = NAME.exec(name) ?? []
  if (offset === undefined || !Number.isSafeInteger(Number(offset)) || !Number.isFinite(modified)) return undefined
  return {
    name,
    kind: deleted ? 'deleted' : epoch === undefined ? 'segment' : 'snapshot',
    bytes: Math.min(size, Number.MAX_SAFE_INTEGER),
    modified: Math.round(modified * 1_000),
    offset: Number(offset),
    epoch: epoch === undefined ? null : Number(epoch),
  }
}
