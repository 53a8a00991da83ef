/** A learner's shell in a bare sandbox with a room's paths: the distribution alone, without a room around it. */
import { spawn } from 'node:child_process'
import { chownSync, cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readInstallation } from '#config/installation.ts'
import { inSandbox } from '../../scripts/setup/sandbox.mjs'

export const installation = readInstallation(process.cwd())
const LIMIT_MS = 150_000

export type Ran = { status: number | null; stdout: string; stderr: string }

/** Runs a bash script in ~/kafka of a fresh home. All that it started has ended when this returns. */
export async function runScript(script: string): Promise<Ran> {
  const home = mkdtempSync(join(tmpdir(), 'kraftlab-home-'))
  cpSync(join(installation.kafka.home, 'skeleton'), home, { recursive: true, verbatimSymlinks: true })
  const { roomUser } = installation
  if (roomUser)
    for (const path of ['.', ...readdirSync(home, { recursive: true })]) lend(join(home, String(path)), roomUser)
  const binds = ['--ro-bind', installation.kafka.home, '/opt/kafka', '--bind', home, '/home/learner']
  const argv = inSandbox({ roomUser, java: installation.java }, binds, ['bash', '-c', `${ENVIRONMENT}\n${script}`])
  try {
    return await run(argv)
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

const ENVIRONMENT = `
export HOME=/home/learner PATH=/opt/kafka/bin:/opt/java/bin:/usr/bin:/bin LANG=C.UTF-8 TERM=xterm-256color
cd ~/kafka
started() { for _ in $(seq 300); do grep -q 'Kafka Server started' "$1" 2>/dev/null && return; sleep 0.1; done; tail "$1" >&2; return 1; }
gone() { for _ in $(seq 300); do pgrep -f 'kafka[.]Kafka' >/dev/null || return 0; sleep 0.1; done; return 1; }
`

function lend(path: string, { uid, gid }: { uid: number; gid: number }) {
  try {
    chownSync(path, uid, gid)
  } catch (error) {
    // a link into the room, which leads nowhere out here
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

export function run([command = '', ...args]: string[], env = process.env, cwd = '/'): Promise<Ran> {
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => (stdout += chunk))
  child.stderr.on('data', (chunk) => (stderr += chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => resolve({ status, stdout, stderr }))
  })
}
