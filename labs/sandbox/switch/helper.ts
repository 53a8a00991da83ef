/**
 * What a trusted helper of the switch sees: /usr and the host's own directories. Whatever a learner put in a file's place
 * leads nowhere else.
 */
import { spawn } from 'node:child_process'
import { WRITABLE, type Writable } from '../places.ts'
import type { Host } from './host.ts'

/** @param bind whether it may write there @returns arguments of bwrap for a helper that runs this bash script */
export function helper(host: Host, bind: '--ro-bind' | '--bind', script: string, args: string[], more: string[] = []) {
  const disks = (Object.entries(WRITABLE) as [Writable, string][]).flatMap(([which, at]) => [
    ...[bind, host.disk(which), at],
  ])
  return [
    ...['--die-with-parent', '--unshare-all', '--cap-drop', 'ALL', '--new-session', '--clearenv'],
    ...['--ro-bind', '/usr', '/usr', '--symlink', 'usr/bin', '/bin', '--symlink', 'usr/lib', '/lib'],
    ...['--symlink', 'usr/lib64', '/lib64', ...more, ...disks, '--', '/usr/bin/bash', '-c', script, 'helper', ...args],
  ]
}

type Reading = { script: string; args: string[]; limitMs: number; maxBytes: number; more?: string[] }

/**
 * What a helper that only reads has said when it ended, took too long or said too much: the caller sees where it stops.
 * @throws Error where it could not be run
 */
export function readByHelper(host: Host, { script, args, limitMs, maxBytes, more = [] }: Reading): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn('bwrap', helper(host, '--ro-bind', script, args, ['--dev', '/dev', ...more]), {
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: limitMs,
      killSignal: 'SIGKILL',
    })
    const chunks: Buffer[] = []
    let length = 0
    child.stdout.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      length += chunk.length
      if (length > maxBytes) child.kill('SIGKILL')
    })
    child.once('error', reject)
    child.once('close', () => resolve(Buffer.concat(chunks)))
  })
}
