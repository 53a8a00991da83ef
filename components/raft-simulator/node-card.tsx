'use client'
import { AlarmClock, Eraser, Link2, Pause, Play, Plus, Power, Skull, Square, Unlink } from 'lucide-react'
import { cn } from '#components/ui/cn.ts'
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from '#components/ui/menu.tsx'
import { isolation } from '#raft/scenario.ts'
import type { Node, Quorum, RaftEvent } from '#raft/types.ts'
import type { Place } from './places.ts'
import { lookOf, ROLE_TONE, RoleShape } from './role.tsx'
import { useRaftWords } from './use-raft-words.ts'

/** A node: who it is, its role and epoch, and how much of its time-out is left. It opens what can be done to it. */
export function NodeCard(props: { node: Node; quorum: Quorum; at: Place; onDo: (...events: RaftEvent[]) => void }) {
  const { node, quorum, at, onDo } = props
  const { t, role } = useRaftWords()
  const look = lookOf(quorum, node)
  return (
    <Menu>
      <MenuTrigger
        aria-label={`${t('actions', { node: node.name })}: ${role(quorum, node)}, ${t('epoch', { epoch: node.epoch })}`}
        className={cn(
          'absolute w-33 @min-[22rem]:w-39 -translate-x-1/2 -translate-y-1/2 rounded-lg border bg-raised px-2.5 py-1.5 text-left text-[12px] leading-[1.35] shadow-sm hover:border-ink-quiet',
          look === 'leader' ? 'border-accent bg-accent-wash' : 'border-line-strong',
          node.process === 'down' && 'border-dashed bg-sunken',
        )}
        style={{ left: `${at.x}%`, top: `${at.y}%` }}
      >
        <span className="block font-semibold text-[12.5px] text-ink">{node.name}</span>
        <span className="flex flex-wrap items-center gap-x-1.5">
          <RoleShape look={look} />
          <span className={cn('font-medium', ROLE_TONE[look])}>{role(quorum, node)}</span>
          <span className="ml-auto whitespace-nowrap text-ink-quiet tabular-nums">
            {t('epoch', { epoch: node.epoch })}
          </span>
        </span>
        <Timer node={node} quorum={quorum} />
      </MenuTrigger>
      <MenuContent align="start">
        <Actions node={node} quorum={quorum} onDo={onDo} />
      </MenuContent>
    </Menu>
  )
}

function Timer({ node, quorum }: { node: Node; quorum: Quorum }) {
  const { t } = useRaftWords()
  const { deadline, process, role } = node
  if (process !== 'running' || deadline === null)
    return <span className="block text-[11px] text-ink-quiet">{process === 'running' ? t('noTimer') : '\u00a0'}</span>
  const left = Math.max(0, deadline - quorum.now) / 1_000
  return (
    <span className="block truncate text-[11px] text-ink-quiet tabular-nums">
      {t('timeLeft', { what: t(`timer.${role.is}`), time: t('seconds', { value: left.toFixed(1) }) })}
    </span>
  )
}

function Actions(props: { node: Node; quorum: Quorum; onDo: (...events: RaftEvent[]) => void }) {
  const { node, quorum, onDo } = props
  const { t } = useRaftWords()
  const { id, process, role, deadline } = node
  const isRunning = process === 'running'
  const cuts = isolation(quorum, id, 'cut')
  const mends = isolation(quorum, id, 'mend')
  const act = (is: 'timeout' | 'crash' | 'start' | 'stop' | 'pause' | 'resume' | 'wipe') => () => onDo({ is, node: id })
  return (
    <>
      {isRunning && deadline !== null && (
        <MenuItem onClick={act('timeout')}>
          <AlarmClock aria-hidden />
          {t('action.timeout')}
        </MenuItem>
      )}
      {isRunning && role.is === 'leader' && (
        <MenuItem onClick={() => onDo({ is: 'append', node: id, payloads: [`r${node.log.length}`] })}>
          <Plus aria-hidden />
          {t('action.append')}
        </MenuItem>
      )}
      {isRunning && <MenuSeparator />}
      {process === 'down' && (
        <MenuItem onClick={act('start')}>
          <Power aria-hidden />
          {t('action.start')}
        </MenuItem>
      )}
      {process === 'paused' && (
        <MenuItem onClick={act('resume')}>
          <Play aria-hidden />
          {t('action.resume')}
        </MenuItem>
      )}
      {isRunning && (
        <>
          <MenuItem onClick={act('pause')}>
            <Pause aria-hidden />
            {t('action.pause')}
          </MenuItem>
          <MenuItem onClick={act('stop')}>
            <Square aria-hidden />
            {t('action.stop')}
          </MenuItem>
        </>
      )}
      {process !== 'down' && (
        <MenuItem onClick={act('crash')}>
          <Skull aria-hidden />
          {t('action.crash')}
        </MenuItem>
      )}
      <MenuItem onClick={act('wipe')}>
        <Eraser aria-hidden />
        {t('action.wipe')}
      </MenuItem>
      <MenuSeparator />
      {cuts.length > 0 && (
        <MenuItem onClick={() => onDo(...cuts)}>
          <Unlink aria-hidden />
          {t('action.isolate')}
        </MenuItem>
      )}
      {mends.length > 0 && (
        <MenuItem onClick={() => onDo(...mends)}>
          <Link2 aria-hidden />
          {t('action.heal')}
        </MenuItem>
      )}
    </>
  )
}
