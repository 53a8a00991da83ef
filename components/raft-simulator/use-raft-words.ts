'use client'
import { useTranslations } from 'use-intl'
import type { Message, News, NodeId, Quorum } from '#raft/types.ts'
import { lookOf } from './role.tsx'
import type { RunStep } from './run.ts'

/** The same things in the same words: in the picture, in the list and for a screen reader. */
export function useRaftWords() {
  const t = useTranslations('raft')
  const name = ({ nodes }: Quorum, id: NodeId) => nodes.find((node) => node.id === id)?.name ?? String(id)
  const time = (ms: number) => t('seconds', { value: (ms / 1_000).toFixed(2) })

  const what = ({ nodes }: Quorum, { to, body }: Message): string => {
    switch (body.is) {
      case 'vote':
        return t(body.preVote ? 'body.preVote' : 'body.vote')
      case 'begin-quorum-epoch':
        return t('body.begin')
      case 'end-quorum-epoch':
        return t('body.end')
      case 'fetch':
        return t('body.fetch', { offset: body.offset })
      case 'vote-answer':
        return t(body.granted ? 'body.yes' : 'body.no')
      case 'fetch-answer':
        if (body.error === 'not-leader') return t('body.notLeader')
        if (body.error !== 'none') return t('body.otherEpoch')
        if (body.diverging) return t('body.diverging')
        if (body.records.length > 0) return t('body.records', { count: body.records.length })
        // An answer without records may still tell that more is committed.
        return (body.highWatermark ?? -1) > (nodes.find(({ id }) => id === to)?.highWatermark ?? -1)
          ? t('body.mark', { mark: String(body.highWatermark) })
          : t('body.nothing')
      default:
        return body.error === 'none' ? t('body.ok') : t('body.otherEpoch')
    }
  }

  const news = (quorum: Quorum, one: News): string | null => {
    const node = 'node' in one ? name(quorum, one.node) : ''
    switch (one.is) {
      case 'role': {
        const { epoch, why } = one
        const role = t(`role.${one.role}`)
        if (why === 'majority') return t(`news.${one.role === 'leader' ? 'leader' : 'candidate'}`, { node, epoch })
        if (why === 'leader-known' || (why === 'lost' && one.leader !== null))
          return t('news.follows', { node, leader: name(quorum, one.leader ?? 0), epoch })
        return t(`news.${why}`, { node, epoch, role })
      }
      case 'vote': {
        const [candidate, because] = [name(quorum, one.candidate), t(`because.${one.because}`)]
        if (one.granted) return t(one.preVote ? 'news.preGranted' : 'news.granted', { node, candidate })
        return t(one.preVote ? 'news.preRefused' : 'news.refused', { node, candidate, because })
      }
      case 'appended':
      case 'fetched': {
        const [offset, last] = [one.offset, one.offset + one.count - 1]
        if (one.is === 'fetched')
          return one.count === 1
            ? t('news.fetchedOne', { node, offset })
            : t('news.fetchedMany', { node, offset, last })
        const isStart = quorum.nodes.some(({ id, log }) => id === one.node && log[offset]?.payload === 'LeaderChange')
        if (isStart) return t('news.appendedStart', { node, offset })
        return one.count === 1
          ? t('news.appendedOne', { node, offset })
          : t('news.appendedMany', { node, offset, last })
      }
      case 'truncated':
        return t('news.truncated', { node, to: one.to, count: one.count })
      case 'high-watermark':
        return t('news.mark', { node, to: one.to })
      case 'lost': {
        const ends = {
          what: what(quorum, one.message),
          from: name(quorum, one.message.from),
          to: name(quorum, one.message.to),
        }
        return t(one.why === 'cut' ? 'said.lostCut' : one.why === 'down' ? 'said.lostDown' : 'said.drop', ends)
      }
      case 'ignored':
        return t('said.ignored', { from: name(quorum, one.message.from), to: name(quorum, one.message.to) })
      case 'refused':
        return null
    }
  }

  /** What happened, and what came of it. */
  const sentences = ({ event, before, after }: RunStep): string[] => {
    const of = after.news.flatMap((one) => news(after, one) ?? [])
    if ('message' in event) {
      if (of.length > 0) return of
      const message = before.messages.find(({ id }) => id === event.message)
      if (!message) return []
      const ends = { what: what(before, message), from: name(after, message.from), to: name(after, message.to) }
      return [t(`said.${event.is}`, ends)]
    }
    if ('from' in event) return [t(`said.${event.is}`, { from: name(after, event.from), to: name(after, event.to) })]
    const node = name(after, event.node)
    if (event.is === 'timeout' || event.is === 'append') return of.length > 0 ? of : [t(`said.${event.is}`, { node })]
    if (event.is === 'peer-timeout') return [t('said.peer-timeout', { node, peer: name(after, event.peer) })]
    const isDown = after.nodes.find(({ id }) => id === event.node)?.process === 'down'
    return [t(event.is === 'stop' && isDown ? 'said.stopped' : `said.${event.is}`, { node }), ...of]
  }

  const summary = (quorum: Quorum): string => {
    const leaders = quorum.nodes
      .filter(({ role, process }) => role.is === 'leader' && process !== 'down')
      .sort((a, b) => b.epoch - a.epoch)
    const leader = leaders[0]
    if (!leader) return t('summaryNone', { epoch: Math.max(...quorum.nodes.map(({ epoch }) => epoch)) })
    if (leaders.length > 1)
      return t('summaryTwo', {
        leaders: leaders.map((one) => one.name).join(', '),
        leader: leader.name,
        epoch: leader.epoch,
      })
    return t('summaryLeader', { leader: leader.name, epoch: leader.epoch, mark: mark(leader.highWatermark) })
  }
  const mark = (offset: number | null) => (offset === null ? t('markUnknown') : String(offset))
  const role = (quorum: Quorum, node: Quorum['nodes'][number]) => t(`role.${lookOf(quorum, node)}`)

  return { t, name, time, what, sentences, summary, mark, role }
}
