/** The room's network: a bridge, a cable to each host, and a set of pairs that are cut. Nothing leads out of it. */
import { writeFile } from 'node:fs/promises'
import type { Link } from '#labs/protocol/observation.ts'
import { PROBE_ADDRESS, type RoomHost } from '#labs/protocol/room.ts'
import { command, script } from './commands.ts'

const BRIDGE = 'br0'
/** TEST-NET-1 (RFC 5737): an address that is nobody's. */
const NETWORK = '192.0.2'

export const addressOf = (host: RoomHost): string => `${NETWORK}.${host.address}`
const cable = (host: RoomHost): string => `v${host.address}`

/**
 * The probe's end of its cable on the bridge. What is cut for the host `client` is cut for the probe: `cutOnBridge` names
 * both cables, whether or not they are there, so the probe has nothing to do for it but to give its cable this name.
 */
export const PROBE_CABLE = 'probe'
const PROBE_IS_LIKE = 'client'
const ASK_AGAIN_MS = 100

/**
 * Sockets of a host are found in a table of its own of this size instead of in the machine's, whose every row the kernel
 * walks for each look at /proc/net/tcp: 6 ms, then 0.1 ms. Linux 6.1 and later.
 */
const SOCKET_TABLE_ROWS = 1_024

export async function makeBridge(): Promise<void> {
  await script(
    'ip',
    ['-batch', '-'],
    `link set lo up
link add ${BRIDGE} type bridge forward_delay 0 mcast_snooping 0
link set ${BRIDGE} addrgenmode none
addr add ${NETWORK}.1/24 dev ${BRIDGE}
link set ${BRIDGE} up
`,
  )
  await writeFile('/proc/sys/net/ipv4/tcp_child_ehash_entries', String(SOCKET_TABLE_ROWS)).catch(() => undefined)
  // One pair a direction: a frame from the first cable to the second is dropped.
  await script(
    'nft',
    ['--file', '-'],
    `table bridge room {
  set cut { type ifname . ifname; }
  chain forward { type filter hook forward priority 0; iifname . oifname @cut drop; }
}
`,
  )
}

/** Replaces, in one step, all that is cut. By the cables' names: a host that is started again keeps its cuts. */
export async function cutOnBridge(hosts: RoomHost[], links: Link[]): Promise<void> {
  const cables = (name: string): string[] => [
    ...hosts.filter((host) => host.name === name).map(cable),
    ...(name === PROBE_IS_LIKE ? [PROBE_CABLE] : []),
  ]
  const pairs = [...links, ...probeLinks(hosts, links)].flatMap(({ from, to }) =>
    cables(from).flatMap((one) => cables(to).map((other) => [one, other])),
  )
  const elements = pairs.map(([from, to]) => `${from} . ${to}`).join(', ')
  await script(
    'nft',
    ['--file', '-'],
    `flush set bridge room cut
${elements ? `add element bridge room cut { ${elements} }` : ''}
`,
  )
}

/** In a room without that host: whoever is cut off from everybody is cut off from it too. */
function probeLinks(hosts: RoomHost[], links: Link[]): Link[] {
  if (hosts.some(({ name }) => name === PROBE_IS_LIKE)) return []
  const isAlone = (name: string, side: keyof Link) =>
    links.filter((link) => link[side] === name).length === hosts.length - 1
  return hosts.flatMap(({ name }) => [
    ...(isAlone(name, 'from') ? [{ from: name, to: PROBE_IS_LIKE }] : []),
    ...(isAlone(name, 'to') ? [{ from: PROBE_IS_LIKE, to: name }] : []),
  ])
}

/** @param pid a process in the host's network namespace */
export async function connectHost(host: RoomHost, pid: number): Promise<void> {
  // The cable to a host that ended may still be there: the kernel takes namespaces apart when it has time.
  await command('ip', ['link', 'delete', cable(host)]).catch(() => '')
  await connect(cable(host), addressOf(host), pid)
  // ping without a capability, for the host's one group
  await command('nsenter', [
    ...[`--net=/proc/${pid}/ns/net`, 'sh', '-c'],
    'echo 0 0 > /proc/sys/net/ipv4/ping_group_range',
  ])
}

/** @param pid a process in the probe's network namespace */
export async function connectProbe(pid: number): Promise<void> {
  await connect(PROBE_CABLE, `${NETWORK}.${PROBE_ADDRESS}`, pid)
  // Who has an address is asked anew every second by default: so late a mended link would be noticed.
  await command('nsenter', [
    ...[`--net=/proc/${pid}/ns/net`, 'sh', '-c'],
    `echo ${ASK_AGAIN_MS} > /proc/sys/net/ipv4/neigh/eth0/retrans_time_ms`,
  ])
}

async function connect(cable: string, address: string, pid: number): Promise<void> {
  await script(
    'ip',
    ['-batch', '-'],
    `link add ${cable} type veth peer name eth0 netns ${pid}
link set ${cable} addrgenmode none
link set ${cable} master ${BRIDGE} up
`,
  )
  await script(
    'nsenter',
    [`--net=/proc/${pid}/ns/net`, 'ip', '-batch', '-'],
    `link set lo up
link set eth0 addrgenmode none
addr add ${address}/24 dev eth0
link set eth0 up
`,
  )
}
