'use client'
import { useTranslations } from 'use-intl'
import { useRoomPicture } from '#components/cluster/use-cluster-view.ts'
import { cn } from '#components/ui/cn.ts'
import { number } from '#components/workbench/format.ts'
import type { GroupPast } from '#labs/protocol/live.ts'
import type { Group } from '#labs/protocol/observation.ts'
import { GroupTimeline } from './group-timeline.tsx'
import { DenseTable, Empty, Figure, Heading, Name } from './table.tsx'

type Member = Group['members'][number]
type Place = Member['assigned'][number]

/** Groups with their members, what each has and is to have, and how far behind the group is. */
export function GroupsView({ groups, past }: { groups: Group[]; past: GroupPast[] }) {
  const t = useTranslations('facts')
  if (groups.length === 0) return <Empty>{t('noGroups')}</Empty>
  return groups.map((group) => (
    <OneGroup key={group.id} group={group} past={past.find((one) => one.group === group.id)} />
  ))
}

function OneGroup({ group, past }: { group: Group; past: GroupPast | undefined }) {
  const t = useTranslations('facts')
  const { id, type, state, protocol, epoch, assignmentEpoch } = group
  const says = [
    t('groupType', { type: type || 'classic' }),
    state,
    ...(protocol === null ? [] : [t('assignor', { name: protocol })]),
    ...(epoch === null ? [] : [t('groupEpoch', { epoch })]),
    ...(assignmentEpoch === null || assignmentEpoch === epoch
      ? []
      : [t('assignmentEpoch', { epoch: assignmentEpoch })]),
  ]
  return (
    <section aria-label={id} data-group={id} className="space-y-2">
      <Heading says={says.join(' · ')}>{id}</Heading>
      <Members group={group} />
      {past && <GroupTimeline past={past} />}
      <Offsets group={group} />
    </section>
  )
}

function Members({ group }: { group: Group }) {
  const t = useTranslations('facts')
  const { members } = group
  const withEpochs = members.some(({ epoch }) => epoch !== null)
  if (members.length === 0) return <Empty>{t('noMembers')}</Empty>
  return (
    <DenseTable
      caption={<span className="sr-only">{t('membersOf', { group: group.id })}</span>}
      columns={[
        { head: t('member') },
        { head: t('host') },
        ...(withEpochs ? [{ head: t('memberEpoch'), right: true }] : []),
        { head: t('has') },
      ]}
    >
      {members.map((member) => (
        <tr key={member.id} data-member={member.id}>
          <Name className="max-w-44 truncate">
            <span title={member.id}>{member.instance ?? member.clientId}</span>
            {member.instance !== null && <span className="text-ink-quiet"> · {t('static')}</span>}
          </Name>
          <td className="text-ink-quiet">{member.host.replace(/^\//, '')}</td>
          {withEpochs && (
            <Figure className={member.epoch !== group.epoch ? 'text-warn' : 'text-ink-quiet'}>
              {member.epoch === null ? '' : number(member.epoch)}
            </Figure>
          )}
          <td>
            <Assigned member={member} />
          </td>
        </tr>
      ))}
    </DenseTable>
  )
}

/** What a member has; what it is to give up is struck out, what it is to get stands in a dashed frame. */
function Assigned({ member: { assigned, target } }: { member: Member }) {
  const t = useTranslations('facts')
  const key = ({ topic, partition }: Place) => `${topic}-${partition}`
  const to = target && new Set(target.map(key))
  const has = new Set(assigned.map(key))
  const places = [
    ...assigned.map((place) => ({ name: key(place), is: to && !to.has(key(place)) ? 'leaving' : 'held' })),
    ...(target ?? []).filter((place) => !has.has(key(place))).map((place) => ({ name: key(place), is: 'coming' })),
  ] as { name: string; is: 'held' | 'leaving' | 'coming' }[]
  if (places.length === 0) return <span className="text-ink-quiet">{t('nothing')}</span>
  return (
    <ul className="flex list-none! flex-wrap gap-1">
      {places.map(({ name, is }) => (
        <li
          key={name}
          className={cn(
            'rounded-sm border px-1 font-mono text-[11px]',
            is === 'held' && 'bg-chrome text-ink',
            is === 'leaving' && 'text-warn line-through',
            is === 'coming' && 'border-dashed text-ink-quiet',
          )}
        >
          {name}
          {is !== 'held' && <span className="sr-only">, {t(is === 'leaving' ? 'givingUp' : 'coming')}</span>}
        </li>
      ))}
    </ul>
  )
}

/** Beyond these the tool has them all. */
const MAX_ROWS = 60

function Offsets({ group }: { group: Group }) {
  const t = useTranslations('facts')
  const picture = useRoomPicture()
  const { offsets, members, type } = group
  if (offsets.length === 0) return <Empty>{t('nothingCommitted')}</Empty>
  const topics = picture?.clusters.flatMap((cluster) => cluster.topics) ?? []
  const rows = offsets.slice(0, MAX_ROWS).map(({ topic, partition, offset }) => {
    const at = topics.find(({ name }) => name === topic)?.partitions.find((one) => one.partition === partition)
    const end = at?.replicas.find(({ node }) => node === at.leader)?.end ?? null
    const owners = members.filter(({ assigned }) =>
      assigned.some((one) => one.topic === topic && one.partition === partition),
    )
    // Committed a moment after the end was asked: no lag, and none below nothing.
    return { place: `${topic}-${partition}`, offset, end, lag: end === null ? null : Math.max(0, end - offset), owners }
  })
  const most = Math.max(1, ...rows.map(({ lag }) => lag ?? 0))
  return (
    <>
      <DenseTable
        caption={<span className="sr-only">{t('offsetsOf', { group: group.id })}</span>}
        columns={[
          { head: t('partition') },
          { head: t(type === 'share' ? 'shareStart' : 'committed'), right: true },
          { head: t('logEnd'), right: true },
          { head: t('lag'), right: true },
          { head: t('lagBar'), width: 'w-[26%]', hidden: true },
          { head: t('readBy') },
        ]}
      >
        {rows.map(({ place, offset, end, lag, owners }) => (
          <tr key={place} data-place={place}>
            <Name>{place}</Name>
            <Figure>{number(offset)}</Figure>
            <Figure>{end === null ? <span className="text-ink-quiet">{t('noAnswer')}</span> : number(end)}</Figure>
            <Figure className={lag ? 'text-warn' : 'text-ink-quiet'}>{lag === null ? '' : number(lag)}</Figure>
            <td aria-hidden>
              <span className="relative block h-4">
                <span className="absolute inset-x-0 top-1/2 h-px bg-line" />
                <span
                  className="absolute top-1/2 left-0 h-[5px] -translate-y-1/2 bg-warn/60"
                  style={{ width: `${((lag ?? 0) / most) * 100}%` }}
                />
              </span>
            </td>
            <td className="max-w-36 truncate font-mono text-[11.5px] text-ink-soft">
              {owners.map(({ instance, clientId }) => instance ?? clientId).join(', ') || (
                <span className="font-sans text-ink-quiet">{t('nobody')}</span>
              )}
            </td>
          </tr>
        ))}
      </DenseTable>
      {offsets.length > MAX_ROWS && <Empty>{t('more', { count: offsets.length - MAX_ROWS })}</Empty>}
    </>
  )
}
