/** Which rooms this machine holds, and how many start at once. */
import { freemem } from 'node:os'
import { memoryLimit } from '#labs/sandbox/limits.ts'

/** For the site, the gateway and the system. */
const RESERVED_BYTES = 2 ** 30

/** Rooms weigh what they may take at most, which goes by their hosts: one that was let in always has its memory. */
export class RoomSpace {
  /**
   * @param configured KRAFTLAB_MAX_ROOMS: so many rooms of any size, whatever the memory
   * @param bytes for all rooms together
   */
  constructor(
    private readonly configured: number | null,
    private readonly bytes: number,
  ) {}

  /** @param running hosts of each room that has its memory already */
  static ofMachine(configured: number | null, running: number[]): RoomSpace {
    // freemem is MemAvailable; in a container the limit counts, which is 0 or huge where there is none.
    const limit = process.constrainedMemory()
    const free = limit > 0 ? Math.min(freemem(), limit - process.memoryUsage.rss()) : freemem()
    return new RoomSpace(configured, free - RESERVED_BYTES + weightOf(running))
  }

  /** Rooms of one host that fit at one time. */
  get max(): number {
    return this.configured ?? Math.max(1, Math.floor(this.bytes / memoryLimit(1)))
  }

  /**
   * One room always fits: a small machine may still be large enough for what its nodes really use.
   * @param running hosts of each room
   * @param hosts of the one to come
   */
  fits(running: number[], hosts: number): boolean {
    if (this.configured !== null) return running.length < this.configured
    return running.length === 0 || weightOf([...running, hosts]) <= this.bytes
  }
}

const weightOf = (rooms: number[]): number => rooms.reduce((sum, hosts) => sum + memoryLimit(hosts), 0)

/** So many of a kind at once; the others wait in order. */
export class Slots {
  private readonly waiting: (() => void)[] = []

  constructor(private free: number) {}

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.free > 0) this.free--
    else await new Promise<void>((resolve) => this.waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.waiting.shift()
      if (next) next()
      else this.free++
    }
  }
}
