/** Programs of the system that set-up and rooms need, Debian's and Ubuntu's names for them, and what the kernel allows. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { readIfThere } from './files.mjs'
import { findJava } from './java.mjs'
import { isRoot, roomUser } from './places.mjs'
import { run, SetupError } from './stage.mjs'

/** A room sees /usr and nothing of PATH, so these must lie there. */
const inUsr = (name) => ['/usr/bin', '/usr/sbin', '/bin', '/sbin'].some((folder) => existsSync(join(folder, name)))
const onPath = (name) => (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)))
const hasVenv = () =>
  readdirSync('/usr/lib').some(
    (name) => /^python3\.\d+$/.test(name) && existsSync(`/usr/lib/${name}/ensurepip/__main__.py`),
  )

const PROGRAMS = [
  ['openjdk-17-jdk-headless', () => findJava() !== null],
  ['maven', () => onPath('mvn') || inUsr('mvn')],
  ['bubblewrap', () => inUsr('bwrap')],
  ['iproute2', () => inUsr('ip') && inUsr('ss')],
  ['nftables', () => inUsr('nft')],
  ['iputils-ping', () => inUsr('ping')],
  ['netcat-openbsd', () => inUsr('nc.openbsd')],
  ['procps', () => inUsr('ps')],
  ['nano', () => inUsr('nano')],
  ['vim', () => inUsr('vim')],
  ['less', () => inUsr('less')],
  ['curl', () => inUsr('curl')],
  ['jq', () => inUsr('jq')],
  ['bash-completion', () => existsSync('/usr/share/bash-completion/bash_completion')],
  ['g++', () => onPath('g++')],
  ['make', () => onPath('make')],
  ['python3', () => inUsr('python3')],
  ['python3-venv', hasVenv],
]
const FOR_TESTS = [['chromium', () => ['chromium', 'chromium-browser', 'google-chrome'].some((name) => onPath(name))]]

const APT_MS = 10 * 60_000
const OLDEST_NODE = [20, 19]

/** @throws SetupError for a machine that this is not made for */
export function checkMachine() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    throw new SetupError(`Node ${process.versions.node} is too old: install Node ${OLDEST_NODE.join('.')} or newer`)
  }
  if (process.platform !== 'linux')
    throw new SetupError('Kraftlab runs on Linux (Debian 12 or Ubuntu): use one, or a virtual machine')
  if (process.arch !== 'x64')
    throw new SetupError(`Kraftlab runs on x86-64 for now, and this machine is ${process.arch}`)
}

export const systemPrograms = {
  name: 'programs of the system',
  done: (context) => missing(context).length === 0,
  make: async (context) => {
    const packages = missing(context)
    const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`
    if (!/^(ID|ID_LIKE)=.*(debian|ubuntu)/m.test(readIfThere('/etc/os-release') ?? '')) {
      throw new SetupError(`missing ${packages.join(', ')} (Debian's names): install them, then start again`)
    }
    const sudo = isRoot ? [] : ['sudo', '-n']
    if (!isRoot && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status !== 0) {
      throw new SetupError(`missing programs: run "sudo apt-get update && sudo ${command}", then start again`)
    }
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    await run(context, 'apt-update', [...sudo, 'apt-get', 'update'], { env, timeoutMs: APT_MS })
    await run(context, 'apt-install', [...sudo, ...command.split(' ')], {
      env,
      timeoutMs: APT_MS,
      fails: `could not install ${packages.join(', ')}: run "${isRoot ? '' : 'sudo '}${command}" and read what it says`,
    })
    const still = missing(context)
    if (still.length > 0) throw new SetupError(`still missing after apt-get: ${still.join(', ')}`)
  },
}

const missing = ({ forTests }) =>
  [...PROGRAMS, ...(forTests ? FOR_TESTS : [])].filter(([, there]) => !there()).map(([name]) => name)

/** Rooms are made of user namespaces; tried as the user that rooms run as. */
export const userNamespaces = {
  name: 'user namespaces',
  done: () => {
    const drop = roomUser ? ['setpriv', `--reuid=${roomUser.uid}`, `--regid=${roomUser.gid}`, '--clear-groups'] : []
    const argv = [...drop, 'bwrap', '--unshare-user', '--unshare-net', '--ro-bind', '/', '/', '/usr/bin/true']
    return spawnSync(argv[0], argv.slice(1), { stdio: 'ignore', cwd: '/', timeout: 10_000 }).status === 0
  },
  make: () => {
    const setting = (name) => readIfThere(`/proc/sys/${name}`)?.trim()
    const cures = [
      ['kernel/apparmor_restrict_unprivileged_userns', '1', 'kernel.apparmor_restrict_unprivileged_userns=0'],
      ['kernel/unprivileged_userns_clone', '0', 'kernel.unprivileged_userns_clone=1'],
      ['user/max_user_namespaces', '0', 'user.max_user_namespaces=10000'],
    ].filter(([name, bad]) => setting(name) === bad)
    throw new SetupError(
      cures.length > 0
        ? `this kernel forbids the user namespaces that rooms are made of: run "sudo sysctl -w ${cures.map(([, , cure]) => cure).join(' ')}" and start again`
        : 'user namespaces cannot be made here: inside a container, start it with --privileged (or seccomp and AppArmor unconfined), or use a virtual machine',
    )
  },
}
