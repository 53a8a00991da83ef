/**
 * Who leads one cluster's quorum, from what each host's node says of itself: the log is read from that one. Nobody is
 * believed alone: an isolated old leader still says that it leads, and a program of the learner's may say anything.
 */

export type View = {
  /** id of the node that it takes for the leader; null: none known */
  leader: number | null
  epoch: number
  /** it says that it is the leader itself */
  leads: boolean
  /** node ids, as a leader tells them; empty of others */
  voters: number[]
}
export type Told = View & { host: string; heard: number }

const same = (a: View, b: View): boolean => a.leader === b.leader && a.epoch === b.epoch && a.leads === b.leads

export class QuorumViews {
  readonly #views = new Map<string, Told>()

  /** @param heard when the node said so, ms. @returns whether it says something else than before */
  tell(host: string, view: View, heard: number): boolean {
    const before = this.#views.get(host)
    // who says something new stands behind those who have said it for longer
    if (before && !same(before, view)) this.#views.delete(host)
    this.#views.set(host, { ...view, host, heard })
    return !before || !same(before, view)
  }

  /** It answers no more: what it said counts no more. @returns whether it had said anything */
  forget(host: string): boolean {
    return this.#views.delete(host)
  }

  /**
   * The one that most nodes take for the leader; among equals that of the latest epoch. An old leader that was cut off
   * has itself alone, and so has one that nobody voted for, whatever epoch it claims.
   */
  leading(): Told | undefined {
    let best: Told | undefined
    let most = 0
    for (const told of this.#views.values()) {
      if (!told.leads) continue
      const count = this.#supporters(told).length
      if (!best || count > most || (count === most && told.epoch > best.epoch)) {
        best = told
        most = count
      }
    }
    return best
  }

  #supporters(leading: Told): Told[] {
    return [...this.#views.values()].filter(({ leader, epoch }) => leader === leading.leader && epoch === leading.epoch)
  }

  /** A majority of its voters has said so after `since`: then it cannot be a leader of the past. */
  confirmed(leading: Told, since: number): boolean {
    const fresh = this.#supporters(leading).filter(({ heard }) => heard > since)
    return fresh.length > leading.voters.length / 2
  }

  /** Somebody leads and nobody knows of a later epoch: nothing is about to change. */
  get settled(): boolean {
    const leading = this.leading()
    return leading !== undefined && [...this.#views.values()].every(({ epoch }) => epoch <= leading.epoch)
  }
}
