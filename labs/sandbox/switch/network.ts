/** The room's network: a bridge, a cable to each host, and a set of pairs that are cut. Nothing leads out of it. */
import type { RoomHost } from '#labs/protocol/room.ts'
import { command, script } from './commands.ts'

const BRIDGE = 'br0'
/** TEST-NET-1 (RFC 5737): an address that is nobody's. */
const NETWORK = '192.0.2'

export const addressOf = (host: RoomHost): string => `${NETWORK}.${host.address}`
const cable = (host: RoomHost): string => `v${host.address}`

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

/** @param pid a process in the host's network namespace */
export async function connectHost(host: RoomHost, pid: number): Promise<void> {
  // The cable to a host that ended may still be there: the kernel takes namespaces apart when it has time.
  await command('ip', ['link', 'delete', cable(host)]).catch(() => '')
  await script(
    'ip',
    ['-batch', '-'],
    `link add ${cable(host)} type veth peer name eth0 netns ${pid}
link set ${cable(host)} addrgenmode none
link set ${cable(host)} master ${BRIDGE} up
`,
  )
  await script(
    'nsenter',
    [`--net=/proc/${pid}/ns/net`, 'ip', '-batch', '-'],
    `link set lo up
link set eth0 addrgenmode none
addr add ${addressOf(host)}/24 dev eth0
link set eth0 up
`,
  )
  // ping without a capability, for the host's one group
  await command('nsenter', [
    ...[`--net=/proc/${pid}/ns/net`, 'sh', '-c'],
    'echo 0 0 > /proc/sys/net/ipv4/ping_group_range',
  ])
}
