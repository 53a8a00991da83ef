/** The disks of a node's log directories: filled, freed, watched. */
import { randomBytes } from 'node:crypto'
import { closeSync, constants, openSync, statfsSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { KraftlabError } from '#config/errors.ts'
import type { Observation } from '#labs/protocol/observation.ts'
import type { RoomNode } from '#labs/protocol/room.ts'
import { onDisk, WRITABLE, type Writable } from '../places.ts'
import { command } from './commands.ts'
import type { Host } from './host.ts'

const LOOK_MS = 500
/** The node may write, and free, while its disk is being filled. */
const ATTEMPTS = 20
const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants

type Seen = Extract<Observation, { type: 'disk' }>

export class Disks {
  private readonly disks: Writable[]
  /** name of the file that fills the disk; a learner may delete it, which frees the disk as it would anywhere */
  private readonly fillers = new Map<Writable, string>()
  private wasFull = false
  private isFilling = false

  /** Watches at once. @throws Error where a log directory lies on none of the host's disks */
  constructor(
    private readonly host: Host,
    node: RoomNode,
    private readonly emit: (observation: Seen) => void,
  ) {
    this.disks = [
      ...new Set(
        node.logDirectories.map((path) => {
          const place = onDisk(path)
          if (!place) throw new Error(`a log directory lies in a home, /tmp or /var/lib/kafka, not at ${path}`)
          return place.disk
        }),
      ),
    ]
    setInterval(() => {
      if (!this.isFilling) this.tell()
    }, LOOK_MS).unref()
  }

  get isFull(): boolean {
    return this.disks.some((disk) => this.free(disk) === 0)
  }

  /** @param done called before what follows is told @throws KraftlabError ALREADY_SO */
  async fill(done: () => void): Promise<void> {
    if (this.disks.every((disk) => this.free(disk) === 0))
      throw new KraftlabError('ALREADY_SO', `The disk of ${this.host.name} is full already.`)
    // a look in between would tell what came of it before it is told that it was done
    this.isFilling = true
    try {
      for (const disk of this.disks) await this.fillOne(disk)
      done()
    } finally {
      this.isFilling = false
    }
    this.tell()
  }

  /** @param done called before what follows is told @throws KraftlabError ALREADY_SO */
  empty(done: () => void): void {
    if (this.fillers.size === 0 && !this.isFull)
      throw new KraftlabError('ALREADY_SO', `The disk of ${this.host.name} is not filled.`)
    for (const disk of this.disks) this.unlink(disk)
    if (this.isFull)
      throw new KraftlabError(
        'BAD_REQUEST',
        `The disk of ${this.host.name} is full of other things: delete some of them in a terminal.`,
      )
    done()
    this.tell()
  }

  private async fillOne(disk: Writable): Promise<void> {
    this.unlink(disk)
    // Never a name that is there: what a learner put in its place is not written to.
    const name = `filler-${randomBytes(4).toString('hex')}`
    const fd = this.make(disk, name)
    this.fillers.set(disk, name)
    try {
      let size = 0
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const free = this.free(disk)
        if (free === 0) return
        const grown = await grow(fd, size, free)
        if (grown) size += free
      }
    } finally {
      closeSync(fd)
    }
  }

  /** @throws KraftlabError HOST_UNAVAILABLE */
  private make(disk: Writable, name: string): number {
    try {
      return openSync(join(this.host.disk(disk), name), O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR, 0o644)
    } catch (error) {
      // The switch's own name of the place says nothing to a learner.
      const { code } = error as NodeJS.ErrnoException
      const message = `No file could be made in ${WRITABLE[disk]} of ${this.host.name} (${code}). Its disk was not filled.`
      throw new KraftlabError('HOST_UNAVAILABLE', message, { cause: error })
    }
  }

  /** A name in the root of the disk, and no recursion: nothing that a learner does makes it lead elsewhere. */
  private unlink(disk: Writable): void {
    const name = this.fillers.get(disk)
    try {
      if (name) unlinkSync(join(this.host.disk(disk), name))
    } catch (error) {
      // The learner deleted it, or made a folder of its name: then the disk says what is so.
      if (!['ENOENT', 'EISDIR', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    }
    // not before: one that is still there is to be found again
    this.fillers.delete(disk)
  }

  /** bytes */
  private free(disk: Writable): number {
    const { bavail, bsize } = statfsSync(this.host.disk(disk))
    return bavail * bsize
  }

  private tell(): void {
    if (this.isFull === this.wasFull) return
    this.wasFull = !this.wasFull
    this.emit({ type: 'disk', host: this.host.name, full: this.wasFull })
  }
}

/** @returns whether there was still so much room */
async function grow(fd: number, offset: number, length: number): Promise<boolean> {
  const at = `/proc/${process.pid}/fd/${fd}`
  return command('fallocate', ['--offset', String(offset), '--length', String(length), at]).then(
    () => true,
    () => false,
  )
}
