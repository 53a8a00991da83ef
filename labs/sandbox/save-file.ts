/**
 * Saves a file in a host as the learner could do it there: by a process of theirs, with their rights and no others. Nothing
 * that is trusted writes, so it harms nobody where the directory is not what it seems, and what the process says of itself
 * is only shown to whoever it belongs to.
 */
import { createHash, randomBytes } from 'node:crypto'
import { EDITOR_CAPS, fileHash, type SaveAnswer } from '#labs/protocol/files.ts'
import type { Room } from './room.ts'
import { runToEnd } from './run-to-end.ts'

/** The process gives up by itself, with all that it started; a host on a busy machine needs a moment to start it. */
const PROCESS_LIMIT_S = 5
/** Asked to end it takes its temporary file away; what does not end is killed. */
const CLEAN_UP_S = 1
const LIMIT_MS = 9_000
const MAX_SAID_CHARS = 2_000
/** Begins the last such line: what the learner's own .profile says comes before. */
const VERDICT = 'kraftlab-save'
const NONE = 'none'

/**
 * The new file takes the old one's place at once and whole, with its mode. Whoever has the old one open (a program, vim)
 * keeps it. The sum of what arrived is compared too: a .profile may have read a part of it.
 */
const SAVE = `
path=$1/$2; was=$3; new=$4; most=$5; dir=\${path%/*}
say() { printf '\\n${VERDICT} %s\\n' "$1"; exit 0; }
why() {
  case $1 in
    *'No space left'*) say full ;;
    *'Permission denied'*) say denied ;;
    *'File exists'* | *'Not a directory'*) say no-directory ;;
    *) say "failed $1" ;;
  esac
}
sum() { set -- $(head -c "$most" | sha256sum); echo "$1"; }
if [ "$was" = ${NONE} ]; then error=$(mkdir -p -- "$dir" 2>&1) || why "$error"; fi
[ -d "$dir" ] || { [ "$was" = ${NONE} ] && say no-directory; say 'changed ${NONE}'; }
[ -w "$dir" ] && [ -x "$dir" ] || say denied
[ "$(realpath -e -- "$dir")" = "$dir" ] || say link
[ ! -L "$path" ] || say link
[ ! -d "$path" ] || say directory
now=${NONE}
if [ -e "$path" ]; then
  [ -f "$path" ] || say special
  [ -r "$path" ] && [ -w "$path" ] || say denied
  now=$(sum <"$path")
fi
[ "$now" != "$new" ] || say saved
[ "$now" = "$was" ] || say "changed $now"
temp=$(mktemp -- "$dir/.\${path##*/}.XXXXXX" 2>&1) || why "$temp"
trap 'rm -f -- "$temp"' EXIT
error=$(cat 2>&1 >"$temp") || why "$error"
[ "$(sum <"$temp")" = "$new" ] || say incomplete
if [ "$now" = ${NONE} ]; then mode=$(printf %o $((0666 & ~$(umask)))); else mode=$(stat -c %a -- "$path"); fi
error=$(chmod -- "$mode" "$temp" 2>&1) || why "$error"
# Once more: the content may have been a while on its way.
still=${NONE}; if [ -f "$path" ] && [ ! -L "$path" ]; then still=$(sum <"$path"); fi
[ "$still" = "$now" ] || say "changed $still"
error=$(mv -fT -- "$temp" "$path" 2>&1) || why "$error"
say saved`

export type Saving = {
  host: string
  /** absolute */
  directory: string
  /** below it; checked (labs/protocol/files.ts) */
  path: string
  bytes: Buffer
  /** hash of what is to be there: another content is left alone. null: nothing is to be there */
  was: string | null
}

export const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

/** @throws KraftlabError as `Room.call`; Error where the room ends */
export async function saveFile(room: Room, { host, directory, path, bytes, was }: Saving): Promise<SaveAnswer> {
  const hash = hashOf(bytes)
  const { said } = await runToEnd(room, {
    process: `save-${randomBytes(6).toString('hex')}`,
    host,
    argv: [
      ...['/usr/bin/timeout', `--kill-after=${CLEAN_UP_S}`, String(PROCESS_LIMIT_S), '/bin/bash', '-c', SAVE, VERDICT],
      // One byte more than may be saved: a larger file has another sum than any that was read.
      ...[directory, path, was ?? NONE, hash, String(EDITOR_CAPS.bytes + 1)],
    ],
    input: bytes,
    limitMs: LIMIT_MS,
    maxChars: MAX_SAID_CHARS,
  })
  const [, verdict = '', rest = ''] = [...said.matchAll(new RegExp(`^${VERDICT} (\\S+)(?: (.*))?$`, 'gm'))].at(-1) ?? []
  if (verdict === 'saved') return { state: 'saved', hash }
  if (verdict === 'changed' && rest === NONE) return { state: 'changed', now: null }
  if (verdict === 'changed' && fileHash.safeParse(rest).success) return { state: 'changed', now: rest }
  const why = reasons(host, path).get(verdict) ?? (verdict === 'failed' ? `${host} could not save it: ${rest}.` : null)
  return { state: 'refused', says: why === null ? unanswered(host, path) : `${why} Nothing was saved.` }
}

const reasons = (host: string, path: string) =>
  new Map(
    Object.entries({
      full: `The disk of ${host} is full: delete something there first.`,
      denied: `${path} may not be written: look at its rights and its directory's in a terminal, with ls -la.`,
      link: `${path} is a link, or behind one: edit what it leads to in a terminal.`,
      directory: `${path} is a directory on ${host} now.`,
      special: `${path} is not a regular file on ${host}.`,
      'no-directory': `There is a file where ${path} needs a directory.`,
      incomplete: `${path} did not arrive whole on ${host}. Try again.`,
    }),
  )

/** It may have ended between the rename and saying so. */
const unanswered = (host: string, path: string): string =>
  `${host} did not say in time whether ${path} was saved. Try again.`
