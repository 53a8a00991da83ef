/**
 * What an editor reads of a learner's directory: which names there are, and one file. As labs/sandbox/switch/files.ts reads
 * a file, by a helper that sees nothing else and can write nothing.
 */
import { KraftlabError } from '#config/errors.ts'
import { type DirectoryEntry, type DirectoryListing, directoryEntry } from '#labs/protocol/files.ts'
import { readByHelper } from './helper.ts'
import type { Host } from './host.ts'

const LIMIT_MS = 3_000
/** Of an entry besides its name, and of a path, which Linux bounds. */
const ENTRY_BYTES = 100 + 4_096

/**
 * Names end with a NUL: one may hold anything else. find follows no link. One level after the other, so that what lies deep
 * in one directory (an environment of Python's, a repository) hides nothing that lies beside it.
 */
const LIST = `
dir=$1; most=$2; depth=$3
fail() { printf 'failed %s\\0' "$1"; exit; }
if [ -L "$dir" ] || [ ! -d "$dir" ]; then fail 'is no directory'; fi
if [ ! -r "$dir" ] || [ ! -x "$dir" ]; then fail 'may not be read: look at its rights in a terminal, with ls -ld'; fi
for ((level = 1; level <= depth; level++)); do
  find -P "$dir" -xdev -mindepth "$level" -maxdepth "$level" \\( \\
    -type d \\( ! -readable -o ! -executable \\) -printf 'closed %s %T@ %P\\0' -o -printf '%y %s %T@ %P\\0' \\
  \\) 2>/dev/null
  # 141: nobody reads any more.
  [ $? -lt 128 ] || break
done | head -z -n "$most"
printf 'end\\0'`

/**
 * -f and the rest may be true of what is no longer there when dd opens it: dd neither follows a link nor waits for a pipe. It
 * reads no more than was there a moment before, so that what is written meanwhile cannot make a part look like the whole.
 */
const READ = `
path=$1/$2; cap=$3; dir=\${path%/*}
fail() { echo "failed $1"; exit; }
if [ ! -d "$dir" ]; then echo none; exit; fi
if [ ! -x "$dir" ]; then fail 'is in a directory whose rights keep it from being read'; fi
if [ "$(realpath -e -- "$dir")" != "$dir" ]; then fail 'is behind a link: open it in a terminal'; fi
if [ -L "$path" ]; then fail 'is a link: open what it leads to'; fi
if [ ! -e "$path" ]; then echo none; exit; fi
if [ -d "$path" ]; then fail 'is a directory'; fi
if [ ! -f "$path" ]; then fail 'is not a regular file'; fi
if [ ! -r "$path" ]; then fail 'may not be read: look at its rights in a terminal, with ls -l'; fi
said=$(stat -c '%s %.9Y' -- "$path" 2>/dev/null) || fail 'cannot be read'
printf 'file %s ' "$said"
size=\${said% *}
[ "$size" -gt "$cap" ] || cap=$size
dd if="$path" iflag=nonblock,nofollow,count_bytes,fullblock count="$cap" bs=65536 status=none 2>/dev/null | base64 --wrap=0
echo`

const KINDS: Record<string, DirectoryEntry['kind']> = { f: 'file', d: 'directory', closed: 'closed' }

/** @throws KraftlabError BAD_REQUEST where it is none that can be read, HOST_UNAVAILABLE where it took too long */
export async function listHostDirectory(
  host: Host,
  { path, maxEntries, maxDepth }: { path: string; maxEntries: number; maxDepth: number },
): Promise<DirectoryListing> {
  const said = await readByHelper(host, {
    script: LIST,
    args: [path, String(maxEntries + 1), String(maxDepth)],
    limitMs: LIMIT_MS,
    maxBytes: (maxEntries + 2) * ENTRY_BYTES,
  })
  const all = said.toString('utf8').split('\0')
  const failed = all.find((one) => one.startsWith('failed '))
  if (failed) throw new KraftlabError('BAD_REQUEST', `${path} on ${host.name} ${failed.slice('failed '.length)}.`)
  const end = all.lastIndexOf('end')
  if (end < 0) throw new KraftlabError('HOST_UNAVAILABLE', `${path} could not be read in time. Try again.`)
  const entries = all.slice(0, Math.min(end, maxEntries)).flatMap((one) => entryOf(one) ?? [])
  return { entries, more: entries.length < end }
}

function entryOf(said: string): DirectoryEntry | undefined {
  const [, kind = '', bytes, modified, path] = /^(\S+) (\d+) (\S+) (.*)$/s.exec(said) ?? []
  return directoryEntry.safeParse({
    path,
    kind: KINDS[kind] ?? 'other',
    bytes: Number(bytes),
    modified: msOf(modified),
  }).data
}

/**
 * @returns at most `maxBytes` of it, in base64, with its whole size; null where there is none
 * @throws as above, and HOST_UNAVAILABLE where it became shorter, or went, while it was read
 */
export async function readHostFile(
  host: Host,
  { path, file, maxBytes }: { path: string; file: string; maxBytes: number },
): Promise<{ bytes: number; modified: number; base64: string } | null> {
  const said = await readByHelper(host, {
    script: READ,
    args: [path, file, String(maxBytes)],
    limitMs: LIMIT_MS,
    maxBytes: maxBytes * 2 + ENTRY_BYTES,
  })
  const line = said.toString('latin1')
  if (line === 'none\n') return null
  if (line.startsWith('failed '))
    throw new KraftlabError('BAD_REQUEST', `${file} ${line.slice('failed '.length).trimEnd()}.`)
  const [, bytes, modified, base64 = ''] = /^file (\d+) (\S+) (\S*)\n$/.exec(line) ?? []
  if (bytes === undefined) throw new KraftlabError('HOST_UNAVAILABLE', `${file} could not be read in time. Try again.`)
  if (Buffer.byteLength(base64, 'base64') < Math.min(Number(bytes), maxBytes))
    throw new KraftlabError('HOST_UNAVAILABLE', `${file} changed while it was read. Try again.`)
  return { bytes: Number(bytes), modified: msOf(modified), base64 }
}

/** From seconds, with a fraction. */
const msOf = (seconds: string | undefined): number => Math.round(Number(seconds) * 1_000)
