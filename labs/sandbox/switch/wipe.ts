/** Empties a node's log directories, by a helper that reaches the host's own disks and nothing else. */
import { spawn } from 'node:child_process'
import { KraftlabError } from '#config/errors.ts'
import { helper } from './helper.ts'
import type { Host } from './host.ts'

const LIMIT_MS = 5_000
/** A link on the way would empty what the node does not call its own. `find` follows none by itself. */
const LOOK = `
for directory; do
  if [ ! -e "$directory" ] && [ ! -L "$directory" ]; then continue; fi
  if [ -L "$directory" ] || [ ! -d "$directory" ] || [ "$(realpath -m -- "$directory")" != "$(realpath -ms -- "$directory")" ]
  then echo "strange $directory"; exit; fi
  [ -z "$(find "$directory" -mindepth 1 -print -quit)" ] || echo full
done`
const WIPE = `
for directory; do
  [ -d "$directory" ] && [ "$(realpath -m -- "$directory")" = "$(realpath -ms -- "$directory")" ] || continue
  find "$directory" -xdev -mindepth 1 -delete || exit 1
done`

/**
 * @returns whether there is anything in them
 * @throws KraftlabError BAD_REQUEST where one is a link, leads through one, or is no directory
 */
export async function hasLogs(host: Host, directories: string[]): Promise<boolean> {
  const said = await help(host, LOOK, directories)
  const strange = /^strange (.*)$/m.exec(said)?.[1]
  if (strange)
    throw new KraftlabError(
      'BAD_REQUEST',
      `${strange} is a link or not a directory. Nothing on ${host.name} was wiped.`,
    )
  return said.includes('full')
}

/** @throws KraftlabError HOST_UNAVAILABLE where it could not be done in time */
export async function wipe(host: Host, directories: string[]): Promise<void> {
  await help(host, WIPE, directories)
}

function help(host: Host, script: string, directories: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('bwrap', helper(host, '--bind', script, directories), {
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8')
    })
    child.once('error', reject)
    child.once('close', (status) => {
      if (status === 0) resolve(said)
      else reject(new KraftlabError('HOST_UNAVAILABLE', `The disk of ${host.name} could not be wiped. Try again.`))
    })
  })
}
