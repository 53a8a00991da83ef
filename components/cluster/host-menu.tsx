'use client'
import {
  Eraser,
  HardDrive,
  HardDriveDownload,
  type LucideIcon,
  Pause,
  Play,
  Plug,
  RotateCw,
  Square,
  SquareTerminal,
  StepForward,
  Unplug,
  Zap,
} from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { ConfirmDialog } from '#components/ui/alert-dialog.tsx'
import { Button } from '#components/ui/button.tsx'
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from '#components/ui/menu.tsx'
import { useLab } from '#components/workbench/live-context.tsx'
import type { NodeState } from '#labs/protocol/live.ts'
import type { Link, NODE_ACTIONS } from '#labs/protocol/observation.ts'
import { isIsolated } from './condition.ts'

type NodeAction = (typeof NODE_ACTIONS)[number]

const ICONS: Record<NodeAction, LucideIcon> = {
  start: Play,
  stop: Square,
  kill: Zap,
  pause: Pause,
  resume: StepForward,
  restart: RotateCw,
  wipe: Eraser,
  fill: HardDrive,
  free: HardDriveDownload,
}
const GROUPS: NodeAction[][] = [
  ['start', 'stop', 'kill', 'pause', 'resume', 'restart'],
  ['fill', 'free', 'wipe'],
]

/** What makes sense for a node just now; where nobody has looked at its process, all but the plainly idle. */
function makesSense(action: NodeAction, { process, up, diskFull }: NodeState): boolean {
  const runs = process === 'running' || (process === null && up)
  switch (action) {
    case 'start':
      return !runs && process !== 'paused'
    case 'stop':
    case 'pause':
      return runs
    case 'kill':
    case 'restart':
      return runs || process === 'paused'
    case 'resume':
      return process === 'paused'
    case 'fill':
      return !diskFull
    case 'free':
      return diskFull
    case 'wipe':
      return true
  }
}

/** All that can be done to one host. */
export function HostMenu(props: {
  host: string
  /** null for a host without a node, such as `client` */
  node: NodeState | null
  hosts: string[]
  cuts: Link[]
  /** nothing can be done to what is past */
  disabled: boolean
}) {
  const { host, node, hosts, cuts, disabled } = props
  const { client, outline, isOwn } = useLab()
  const t = useTranslations('cluster')
  const [wiping, setWiping] = useState(false)
  const isCut = cuts.some(({ from, to }) => from === host || to === host)
  const act = (action: NodeAction) => {
    if (action === 'wipe') setWiping(true)
    else client.fault({ action, host })
  }
  if (!isOwn) return null
  return (
    <>
      <Menu>
        <MenuTrigger
          disabled={disabled}
          render={
            <Button variant="ghost" size="sm" className="-mr-1 size-6 p-0" aria-label={t('actions', { host })}>
              <Zap aria-hidden className="size-3.5" />
            </Button>
          }
        />
        <MenuContent>
          <MenuItem onClick={() => client.showTerminal(host)}>
            <SquareTerminal aria-hidden />
            {t('terminal')}
          </MenuItem>
          {node &&
            outline.nodes.includes(host) &&
            GROUPS.map((group) => (
              <div key={group[0]}>
                <MenuSeparator />
                {group.map((action) => {
                  const Icon = ICONS[action]
                  return (
                    <MenuItem key={action} disabled={!makesSense(action, node)} onClick={() => act(action)}>
                      <Icon aria-hidden />
                      {t(`action.${action}`)}
                    </MenuItem>
                  )
                })}
              </div>
            ))}
          {hosts.length > 1 && (
            <>
              <MenuSeparator />
              <MenuItem
                disabled={isIsolated(host, hosts, cuts)}
                onClick={() => client.fault({ action: 'isolate', host })}
              >
                <Unplug aria-hidden />
                {t('action.isolate')}
              </MenuItem>
              <MenuItem disabled={!isCut} onClick={() => client.fault({ action: 'heal', host })}>
                <Plug aria-hidden />
                {t('action.reconnect')}
              </MenuItem>
            </>
          )}
        </MenuContent>
      </Menu>
      <ConfirmDialog
        open={wiping}
        onOpenChange={setWiping}
        title={t('wipeTitle', { host })}
        text={t('wipeText')}
        confirm={t('wipeConfirm')}
        cancel={t('cancel')}
        onConfirm={() => client.fault({ action: 'wipe', host })}
      />
    </>
  )
}
