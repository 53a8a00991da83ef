/** What React reads by `useSyncExternalStore`: replaced as a whole with each change, never changed in place. */
export abstract class Store<Snapshot> {
  #snapshot: Snapshot
  readonly #listeners = new Set<() => void>()

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  readonly getSnapshot = (): Snapshot => this.#snapshot
  readonly getServerSnapshot: () => Snapshot

  /** @param nothing what there is at first, and on the server */
  constructor(nothing: Snapshot) {
    this.#snapshot = nothing
    this.getServerSnapshot = () => nothing
  }

  protected get snapshot(): Snapshot {
    return this.#snapshot
  }

  protected set(next: Snapshot): void {
    this.#snapshot = next
    for (const listener of this.#listeners) listener()
  }
}
