/** Which directions of the room's network are cut: as faults ask for it, held by the bridge. Nothing in the hosts. */
import { KraftlabError } from '#config/errors.ts'
import type { Fault, Link } from '#labs/protocol/observation.ts'
import type { RoomHost } from '#labs/protocol/room.ts'
import { cutOnBridge } from './network.ts'

export type NetworkFault = Extract<Fault, { action: 'isolate' | 'split' | 'cut' | 'heal' }>

export class Cuts {
  private links: Link[] = []

  constructor(private readonly hosts: RoomHost[]) {}

  /**
   * @returns all links that are cut now
   * @throws KraftlabError UNKNOWN_HOST, BAD_REQUEST, and ALREADY_SO where nothing would change
   */
  async make(fault: NetworkFault): Promise<Link[]> {
    this.check(fault)
    const wanted = this.after(fault)
    const isSame = wanted.length === this.links.length && wanted.every((link) => isIn(this.links, link))
    if (isSame) throw new KraftlabError('ALREADY_SO', alreadySo(fault))
    await cutOnBridge(this.hosts, wanted)
    this.links = wanted
    return wanted
  }

  private check(fault: NetworkFault): void {
    const named = namedIn(fault)
    for (const name of named) if (!this.hosts.some((host) => host.name === name)) throw unknownHost(name)
    const twice = named.find((name, index) => named.indexOf(name) !== index)
    if (twice && fault.action === 'split')
      throw new KraftlabError('BAD_REQUEST', `A host is on one side only: ${twice} is named twice.`)
    if (twice) throw new KraftlabError('BAD_REQUEST', `There is no link from ${twice} to itself.`)
    if (fault.action === 'isolate' && this.hosts.length < 2)
      throw new KraftlabError('BAD_REQUEST', `${fault.host} is the only host of this room.`)
  }

  private after(fault: NetworkFault): Link[] {
    switch (fault.action) {
      case 'isolate':
        return union(
          this.links,
          this.all((link) => touches(link, fault.host)),
        )
      case 'split': {
        const side = (name: string) => fault.groups.findIndex((group) => group.includes(name))
        return this.all(({ from, to }) => side(from) >= 0 && side(to) >= 0 && side(from) !== side(to))
      }
      case 'cut':
        return union(this.links, [{ from: fault.from, to: fault.to }])
      case 'heal':
        return this.links.filter((link) => fault.host !== null && !touches(link, fault.host))
    }
  }

  private all(which: (link: Link) => boolean): Link[] {
    const names = this.hosts.map(({ name }) => name)
    return names.flatMap((from) => names.map((to) => ({ from, to })).filter((link) => link.to !== from && which(link)))
  }
}

const touches = ({ from, to }: Link, host: string) => from === host || to === host
const isIn = (links: Link[], { from, to }: Link) => links.some((one) => one.from === from && one.to === to)
const union = (links: Link[], more: Link[]) => [...links, ...more.filter((link) => !isIn(links, link))]

const unknownHost = (name: string) => new KraftlabError('UNKNOWN_HOST', `There is no host ${name} in this room.`)

function namedIn(fault: NetworkFault): string[] {
  switch (fault.action) {
    case 'isolate':
      return [fault.host]
    case 'split':
      return fault.groups.flat()
    case 'cut':
      return [fault.from, fault.to]
    case 'heal':
      return fault.host === null ? [] : [fault.host]
  }
}

function alreadySo(fault: NetworkFault): string {
  switch (fault.action) {
    case 'isolate':
      return `${fault.host} is isolated already.`
    case 'split':
      return 'The room is split so already.'
    case 'cut':
      return `The link from ${fault.from} to ${fault.to} is cut already.`
    case 'heal':
      return fault.host === null ? 'No link of this room is cut.' : `No link of ${fault.host} is cut.`
  }
}
