/** A sandbox with a room's paths, for what must be made or asked in them before there are rooms. */

/**
 * @param {any} context
 * @param {string[]} binds bubblewrap's own words for what it sees besides the system and the JDK
 * @param {string[]} argv
 * @returns {string[]} a command, to be run from a folder that everyone may enter
 */
export function inSandbox({ roomUser, java }, binds, argv) {
  const drop = roomUser ? ['setpriv', `--reuid=${roomUser.uid}`, `--regid=${roomUser.gid}`, '--clear-groups'] : []
  return [
    ...drop,
    ...['bwrap', '--unshare-all', '--hostname', 'localhost', '--die-with-parent', '--new-session', '--clearenv'],
    ...['--ro-bind', '/usr', '/usr', '--symlink', 'usr/bin', '/bin', '--symlink', 'usr/lib', '/lib'],
    ...['--symlink', 'usr/lib64', '/lib64', '--symlink', 'usr/sbin', '/sbin', '--ro-bind', '/etc', '/etc'],
    ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp', '--ro-bind', java.home, '/opt/java', ...binds],
    ...['--setenv', 'PATH', '/usr/bin:/bin', '--setenv', 'HOME', '/tmp', '--setenv', 'JAVA_HOME', '/opt/java'],
    ...['--chdir', '/tmp', '--', ...argv],
  ]
}
