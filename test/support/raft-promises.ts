/**
 * What Raft promises, told observation by observation: of the real cluster as the switch sees it, and of the model as it
 * is. Each throws with the words of the promise that was broken.
 */
export class RaftPromises {
  private readonly leaders = new Map<number, number>()
  private readonly epochs = new Map<string, number>()
  private readonly marks = new Map<string, number>()
  private readonly committed: { epoch: number; text: string; by: number }[] = []
  /** By offset and epoch: what is there, and of which epoch the record before it is. */
  private readonly places = new Map<string, string>()

  get leadersSeen(): number {
    return this.leaders.size
  }

  /** A replica tells its epoch and whom it takes for its leader. */
  tells(replica: string, epoch: number, leader: number | null): void {
    const before = this.epochs.get(replica) ?? 0
    if (epoch < before) throw new Error(`the epoch of ${replica} fell from ${before} to ${epoch}`)
    this.epochs.set(replica, epoch)
    if (leader === null) return
    const other = this.leaders.get(epoch) ?? leader
    if (other !== leader) throw new Error(`epoch ${epoch} has two leaders, ${other} and ${leader}`)
    this.leaders.set(epoch, leader)
  }

  /** A high watermark that is known; a new leader does not know its own at first. */
  highWatermark(replica: string, to: number): void {
    const before = this.marks.get(replica) ?? 0
    if (to < before) throw new Error(`the high watermark of ${replica} fell from ${before} to ${to}`)
    this.marks.set(replica, to)
  }

  /** Log matching: two logs with a record of the same offset and epoch are the same up to it. */
  has(offset: number, epoch: number, text: string, epochBefore: number): void {
    const place = `${offset} ${epoch}`
    const is = `${text} ${epochBefore}`
    const known = this.places.get(place) ?? is
    if (known !== is) throw new Error(`two logs differ at offset ${offset} of epoch ${epoch}: ${known} and ${is}`)
    this.places.set(place, is)
  }

  /** A committed record is never another one. `by`: the epoch in which it was seen to be committed. */
  commits(offset: number, epoch: number, text: string, by: number): void {
    const known = this.committed[offset]
    if (known && (known.epoch !== epoch || known.text !== text))
      throw new Error(
        `offset ${offset} was committed as ${known.text} of epoch ${known.epoch} and is ${text} of ${epoch}`,
      )
    this.committed[offset] = { epoch, text, by: Math.min(by, known?.by ?? by) }
  }

  /** What was committed in earlier epochs is in the log of whoever leads. One that wins an old epoch late lacks the rest. */
  leads(leader: string, leads: number, log: readonly { epoch: number; payload: string }[]): void {
    this.committed.forEach(({ epoch, text, by }, offset) => {
      const own = log[offset]
      if (by < leads && (own?.epoch !== epoch || own.payload !== text))
        throw new Error(`${leader} leads epoch ${leads} without offset ${offset}, committed in epoch ${by}`)
    })
  }
}
