/** TCP in a host's network namespace, from outside it: who listens, and connections to them. */
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { Duplex } from 'node:stream'
import type { Host } from './host.ts'
import { ownersOf } from './socket-owners.ts'

/** State of a listening socket in /proc/net/tcp (TCP_LISTEN in linux/tcp_states.h). */
const LISTENS = '0A'
const MAX_LISTENING = 64

export type ListeningSocket = {
  address: string
  port: number
  /** name of the program that listens, as its file is called; null where that is not known */
  owner: string | null
}

export async function listeningSockets(host: Host): Promise<ListeningSocket[]> {
  const found = await listening(host)
  const owners = ownersOf(
    host,
    [...found.values()].map(({ inode }) => inode),
  )
  return [...found].map(([port, { address, inode }]) => ({ address, port, owner: owners.get(inode)?.program ?? null }))
}

/** @param pid as the room counts */
export async function listensAt(host: Host, pid: number): Promise<boolean> {
  const inodes = [...(await listening(host)).values()].map(({ inode }) => inode)
  return [...ownersOf(host, inodes).values()].some((owner) => owner.pid === pid)
}

/** By port. */
async function listening(host: Host): Promise<Map<number, { address: string; inode: string }>> {
  const [tcp, tcp6] = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/${host.pid}/net/${name}`, 'utf8')),
  )
  const found = new Map<number, { address: string; inode: string }>()
  for (const line of [...rows(tcp!), ...rows(tcp6!)]) {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/)
    if (state !== LISTENS) continue
    const [address = '', hex = ''] = local.split(':')
    const port = Number.parseInt(hex, 16)
    // Both families of one port are one program's: the first that can be dialled is enough.
    if (!found.has(port) && found.size < MAX_LISTENING) found.set(port, { address: dialled(address), inode })
  }
  return found
}

const rows = (table: string) => table.split('\n').slice(1).filter(Boolean)

/** From the kernel's words in host byte order to an address; "any" becomes the loopback of its family. */
function dialled(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse())
  if (bytes.every((byte) => byte === '00')) return '127.0.0.1'
  const numbers = bytes.map((byte) => Number.parseInt(byte, 16))
  if (numbers.length === 4) return numbers.join('.')
  const isMapped = numbers.slice(0, 10).every((byte) => byte === 0) && numbers[10] === 255 && numbers[11] === 255
  if (isMapped) return numbers.slice(12).join('.')
  return (bytes.join('').match(/.{4}/g) ?? []).join(':')
}

const CONNECT_SECONDS = 2

/**
 * Connects inside the network namespace of a host, or of another process: a small relay there holds the socket. Destroying the stream ends the relay.
 * A refused connection shows as an early end.
 */
export async function dial(host: { pid: number }, address: string, port: number): Promise<Duplex> {
  const relay = spawn(
    'nsenter',
    [`--net=/proc/${host.pid}/ns/net`, 'nc', '-n', '-N', '-w', String(CONNECT_SECONDS * 1_800), address, String(port)],
    { stdio: ['pipe', 'pipe', 'ignore'] },
  )
  const { stdin, stdout } = relay
  stdin.on('error', () => {}) // the relay went; the reading side tells
  const stream = new Duplex({
    read: () => stdout.resume(),
    write: (chunk, _encoding, done) => {
      if (stdin.write(chunk)) done()
      else stdin.once('drain', () => done())
    },
    final: (done) => {
      stdin.end()
      done()
    },
    destroy: (error, done) => {
      relay.kill('SIGKILL')
      done(error)
    },
  })
  stdout.on('data', (chunk) => {
    if (!stream.push(chunk)) stdout.pause()
  })
  stdout.once('end', () => stream.push(null))
  relay.once('error', (error) => stream.destroy(error))
  // 'close' comes after its last output ('exit' may come before), which is still to be read.
  relay.once('close', () => {
    if (stream.readableEnded) stream.destroy()
    else stream.once('end', () => stream.destroy())
  })
  return stream
}
