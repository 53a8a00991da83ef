/** Reads a directory of a learner's as labs/sandbox/switch/files.ts reads a file: by a helper that sees nothing else. */
import { KraftlabError } from '#config/errors.ts'
import { readByHelper } from './helper.ts'
import type { Host } from './host.ts'

const LIMIT_MS = 5_000
/** Of a path below it; a program's sources are not deeper. */
const MAX_DEPTH = 6
/** Of a line besides the file's own bytes: its name, which may have 4,096, as base64. */
const LINE_CHARS = 6_000
/** Names travel as base64 too: one may hold a line's end. A link is not followed, nor is anything but a regular file read. */
const READ = `
most=$1; bytes=$2; dir=$3
if [ -L "$dir" ] || [ ! -d "$dir" ]; then echo "failed there is no directory $dir"; exit; fi
find -P "$dir" -xdev -mindepth 1 -maxdepth ${MAX_DEPTH} -type f -print0 | sort -z | while IFS= read -r -d '' path; do
  most=$((most - 1))
  if [ "$most" -lt 0 ]; then echo "failed there are more than $1 files in $dir"; exit; fi
  size=$(stat --printf %s -- "$path" 2>/dev/null) || continue
  bytes=$((bytes - size))
  if [ "$bytes" -lt 0 ]; then echo "failed the files in $dir are larger than $2 bytes together"; exit; fi
  printf '%s ' "$(printf %s "\${path#"$dir"/}" | base64 --wrap=0)"
  dd if="$path" iflag=nonblock,nofollow,count_bytes,fullblock count="$size" bs=65536 status=none 2>/dev/null | base64 --wrap=0
  echo
done
echo end`

type Wanted = { path: string; maxFiles: number; maxBytes: number }

/** @returns contents by path below it, base64 @throws KraftlabError BAD_REQUEST, HOST_UNAVAILABLE where it took too long */
export async function readHostDirectory(host: Host, wanted: Wanted): Promise<Record<string, string>> {
  const { path, maxFiles, maxBytes } = wanted
  const args = [String(maxFiles), String(maxBytes), path]
  const most = maxBytes * 2 + maxFiles * LINE_CHARS
  const said = await readByHelper(host, { script: READ, args, limitMs: LIMIT_MS, maxBytes: most })
  const lines = said.toString('latin1').split('\n')
  const failed = lines.find((line) => line.startsWith('failed '))
  if (failed) throw new KraftlabError('BAD_REQUEST', `On ${host.name} ${failed.slice('failed '.length)}.`)
  const end = lines.indexOf('end')
  if (end < 0) throw new KraftlabError('HOST_UNAVAILABLE', `${path} could not be read in time. Try again.`)
  return Object.fromEntries(
    lines.slice(0, end).map((line) => {
      const [name = '', base64 = ''] = line.split(' ')
      return [Buffer.from(name, 'base64').toString('utf8'), base64]
    }),
  )
}
