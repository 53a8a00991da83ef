import { beforeEach, describe, expect, it } from 'vitest'
import { QuorumViews } from '#labs/watcher/quorum-views.ts'

let views: QuorumViews
beforeEach(() => {
  views = new QuorumViews()
})

const VOTERS = [1, 2, 3]
const leads = (node: number, epoch: number, at = 0, voters = VOTERS) =>
  views.tell(`host-${node}`, { leader: node, epoch, leads: true, voters }, at)
const follows = (node: number, leader: number | null, epoch: number, at = 0) =>
  views.tell(`host-${node}`, { leader, epoch, leads: false, voters: [] }, at)

describe('who leads', () => {
  it('is nobody until one says so itself', () => {
    follows(2, 1, 5)
    follows(3, 1, 5)
    expect(views.leading()).toBeUndefined()
    expect(views.settled).toBe(false)
    leads(1, 5)
    expect(views.leading()?.host).toBe('host-1')
    expect(views.settled).toBe(true)
  })

  it('is the one that others follow, not an old one that is cut off', () => {
    leads(1, 5)
    leads(2, 6)
    expect(views.leading()?.host).toBe('host-2')
    follows(3, 2, 6)
    expect(views.leading()?.host).toBe('host-2')
    views.forget('host-2')
    follows(3, null, 7)
    expect(views.leading()?.host).toBe('host-1')
    expect(views.settled).toBe(false)
  })

  it('is not one that nobody voted for, whatever epoch it claims', () => {
    leads(9, 2 ** 31 - 1, 0, [9])
    leads(1, 5)
    follows(2, 1, 5)
    follows(3, 1, 5)
    expect(views.leading()?.host).toBe('host-1')
  })

  it('is among those who claim the same the one who did so first', () => {
    leads(1, 5)
    views.tell('liar', { leader: 1, epoch: 5, leads: true, voters: VOTERS }, 0)
    expect(views.leading()?.host).toBe('host-1')
    leads(1, 5, 1)
    expect(views.leading()?.host).toBe('host-1')
  })

  it('is confirmed by a majority of its voters that said so since', () => {
    leads(1, 5, 10)
    follows(2, 1, 5, 11)
    const leading = views.leading()
    if (!leading) throw new Error('nobody leads')
    expect(views.confirmed(leading, 9)).toBe(true)
    expect(views.confirmed(leading, 10)).toBe(false)
    follows(3, 1, 5, 12)
    expect(views.confirmed(leading, 10)).toBe(true)
  })

  it('is told as changed only when something else is said', () => {
    expect(leads(1, 5)).toBe(true)
    expect(leads(1, 5, 9)).toBe(false)
    expect(leads(1, 6, 9)).toBe(true)
    expect(views.forget('host-1')).toBe(true)
    expect(views.forget('host-1')).toBe(false)
  })
})
