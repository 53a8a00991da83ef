/**
 * What a trusted helper of the switch sees: /usr and the host's own directories. Whatever a learner put in a file's place
 * leads nowhere else.
 */
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
