/**
 * The command that makes a room: a bubblewrap with user, network, pid, ipc, uts and cgroup namespaces of its own, in which
 * the switch is root over nothing but these. Order matters: cgroup, lock, dropped uid, bubblewrap.
 */
import { join } from 'node:path'
import { type Installation, kafkaHomes } from '#config/installation.ts'
import type { RoomPlan } from '#labs/protocol/room.ts'
import type { RoomLimits } from './limits.ts'
import { KAFKA, kafkaAt, NODE, PLAN, ROOM_PROGRAMS, SCHEMAS, SHARED } from './places.ts'

type Parts = {
  directory: string
  plan: RoomPlan
  installation: Installation
  limits: RoomLimits
  graceMs?: number | undefined
}

/** Enough for the screens of a dozen terminals and the watcher's caps. */
const SWITCH_HEAP_MB = 192

/**
 * Closes what Node left open (all but the info pipe, 3), enters the cgroups, and takes the room's lock on fd 4, which
 * bubblewrap's first process in the room then keeps (--sync-fd): the lock is held for exactly as long as the room lives.
 */
const PRELUDE = `
for fd in /proc/self/fd/*; do fd=\${fd##*/}; [ "$fd" -gt 3 ] && eval "exec $fd>&-"; done
exec 4< "$1" && flock --exclusive --nonblock 4 || exit 1; shift
while [ "$1" != -- ]; do echo $$ > "$1" || exit 1; shift; done; shift
exec "$@"`

/** @returns arguments for bash */
export function roomCommand({ directory, installation, limits, graceMs }: Parts): string[] {
  const { roomUser, java, kafka } = installation
  const drop = roomUser ? ['setpriv', `--reuid=${roomUser.uid}`, `--regid=${roomUser.gid}`, '--clear-groups'] : []
  return [
    ...['-c', PRELUDE, 'kraftlab-room', join(directory, 'lock'), ...limits.enter, '--', ...limits.prefix],
    ...drop,
    ...['bwrap', '--unshare-user', '--uid', '0', '--gid', '0', '--unshare-net', '--unshare-pid', '--unshare-ipc'],
    ...[
      '--unshare-uts',
      '--unshare-cgroup',
      '--hostname',
      'room',
      '--new-session',
      '--info-fd',
      '3',
      '--sync-fd',
      '4',
      '--cap-drop',
      'ALL',
    ],
    ...['--cap-add', 'CAP_NET_ADMIN', '--cap-add', 'CAP_SYS_ADMIN', '--cap-add', 'CAP_SETFCAP'],
    ...['--ro-bind', '/usr', '/usr', '--symlink', 'usr/bin', '/bin', '--symlink', 'usr/sbin', '/sbin'],
    ...['--symlink', 'usr/lib', '/lib', '--symlink', 'usr/lib64', '/lib64'],
    ...ETC.flatMap((path) => ['--ro-bind-try', path, path]),
    ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp', '--tmpfs', '/run', '--tmpfs', '/hosts'],
    ...['--ro-bind', installation.node, NODE, '--ro-bind', installation.room, ROOM_PROGRAMS],
    ...['--ro-bind', java.home, '/opt/java', '--ro-bind', kafka.home, KAFKA, '--ro-bind', kafka.schemas, SCHEMAS],
    ...Object.entries(kafkaHomes(installation)).flatMap(([version, home]) => ['--ro-bind', home, kafkaAt(version)]),
    ...['--ro-bind', installation.python, '/opt/python', '--ro-bind', installation.javascript, '/opt/javascript'],
    ...['--ro-bind', join(directory, 'plan.json'), PLAN, '--bind', join(directory, 'shared'), SHARED],
    ...['--remount-ro', '/', '--chdir', '/', '--clearenv', '--setenv', 'PATH', '/usr/sbin:/usr/bin:/sbin:/bin'],
    ...(graceMs === undefined ? [] : ['--setenv', 'KRAFTLAB_GRACE_MS', String(graceMs)]),
    ...['--', NODE, `--max-old-space-size=${SWITCH_HEAP_MB}`, join(ROOM_PROGRAMS, 'switch.mjs')],
  ]
}

/** What programs of the guaranteed list read. No names or addresses of the machine. */
export const ETC = [
  '/etc/alternatives',
  '/etc/ld.so.cache',
  '/etc/bash_completion',
  '/etc/bash_completion.d',
  '/etc/inputrc',
  '/etc/nanorc',
  '/etc/vim',
  '/etc/terminfo',
  '/etc/ssl/certs',
  '/etc/localtime',
  '/etc/java-17-openjdk',
  '/etc/java-21-openjdk',
  '/etc/java-25-openjdk',
]
