/**
 * Reads a learner's files without trusting what they are: by a helper whose whole world is /usr and the host's own
 * directories, read-only. A link leads nowhere else, a pipe does not block, a device cannot be made.
 */
import type { FileContent } from '#labs/protocol/observation.ts'
import { readByHelper } from './helper.ts'
import type { Host } from './host.ts'

const LIMIT_MS = 3_000
/** dd would otherwise stop at a short read */
const READ = `
for pair; do
  path=\${pair#*:}; cap=\${pair%%:*}
  if [ ! -e "$path" ] && [ ! -L "$path" ]; then echo none; continue; fi
  if [ -L "$path" ] || [ ! -f "$path" ]; then echo "failed it is not a regular file"; continue; fi
  stat --printf '%s %Y ' -- "$path" 2>/dev/null || { echo "failed it cannot be read"; continue; }
  dd if="$path" iflag=nonblock,nofollow,count_bytes,fullblock count="$cap" bs=65536 status=none 2>/dev/null | base64 --wrap=0
  echo
done`

type Wanted = { path: string; maxBytes: number }
type Result = FileContent | null | { failed: string }

export async function readHostFiles(host: Host, wanted: Wanted[]): Promise<Result[]> {
  const lines = (await output(host, wanted)).split('\n')
  return wanted.map(({ path }, index) => parse(path, lines[index] ?? 'failed it could not be read in time'))
}

function parse(path: string, line: string): Result {
  if (line === 'none') return null
  if (line.startsWith('failed ')) return { failed: line.slice('failed '.length) }
  const [size, modified, base64 = ''] = line.split(' ')
  const bytes = Buffer.from(base64, 'base64')
  const text = bytes.toString('utf8')
  const isText = !text.includes('\0') && !text.includes('\ufffd')
  return { path, size: Number(size), modified: Number(modified) * 1000, text: isText ? text : null }
}

/** What has come by then is what there is; the rest is said to have failed. */
async function output(host: Host, wanted: Wanted[]): Promise<string> {
  const args = wanted.map(({ path, maxBytes }) => `${maxBytes}:${path}`)
  const most = wanted.reduce((sum, { maxBytes }) => sum + maxBytes * 2 + 200, 0)
  const reading = readByHelper(host, { script: READ, args, limitMs: LIMIT_MS, maxBytes: most })
  return (await reading.catch(() => Buffer.alloc(0))).toString('latin1')
}
