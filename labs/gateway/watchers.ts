/** Instructors who read a lab session's terminals along; the learner sees who, and says who may type. */
import { KraftlabError } from '#config/errors.ts'
import type { LabSession } from '#labs/engine/lab-session.ts'
import type { Watcher } from '#labs/protocol/live.ts'

export class Watchers {
  private readonly all = new Map<string, Watcher>()

  constructor(
    private readonly engine: Pick<LabSession, 'say'>,
    private readonly changed: () => void,
  ) {}

  get list(): Watcher[] {
    return [...this.all.values()]
  }

  begin(id: string, name: string): void {
    if (this.all.has(id)) return
    this.set({ id, name, typing: 'no' }, 'begun')
  }

  end(id: string): void {
    const watcher = this.all.get(id)
    if (!watcher) return
    this.all.delete(id)
    this.engine.say({ type: 'watch', is: 'ended', by: watcher.name })
    this.changed()
  }

  /** @throws KraftlabError NOT_ALLOWED where they do not watch */
  ask(id: string): void {
    const watcher = this.require(id)
    if (watcher.typing === 'no') this.set({ ...watcher, typing: 'asked' }, 'asked')
  }

  /** What the learner says; of one who has left, nothing. */
  allow(id: string, allowed: boolean): void {
    const watcher = this.all.get(id)
    if (!watcher || watcher.typing === (allowed ? 'allowed' : 'no')) return
    // Nobody types who has not asked.
    if (allowed && watcher.typing !== 'asked') return
    this.set({ ...watcher, typing: allowed ? 'allowed' : 'no' }, allowed ? 'allowed' : 'refused')
  }

  isWatching(id: string): boolean {
    return this.all.has(id)
  }

  mayType(id: string): boolean {
    return this.all.get(id)?.typing === 'allowed'
  }

  private require(id: string): Watcher {
    const watcher = this.all.get(id)
    if (!watcher) throw new KraftlabError('NOT_ALLOWED', 'Watch the terminals first: the learner is told of it.')
    return watcher
  }

  private set(watcher: Watcher, is: 'begun' | 'asked' | 'allowed' | 'refused'): void {
    this.all.set(watcher.id, watcher)
    this.engine.say({ type: 'watch', is, by: watcher.name })
    this.changed()
  }
}
