'use client'
import { ArrowRightFromLine, Network, Plug, Split } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'
import { Menu, MenuContent, MenuItem, MenuTrigger } from '#components/ui/menu.tsx'
import { useLab } from '#components/workbench/live-context.tsx'
import type { Link } from '#labs/protocol/observation.ts'
import { CutDialog } from './cut-dialog.tsx'
import { SplitDialog } from './split-dialog.tsx'

/** What can be done to the room's network as a whole. */
export function RoomMenu({ hosts, cuts, disabled }: { hosts: string[]; cuts: Link[]; disabled: boolean }) {
  const { client, isOwn } = useLab()
  const t = useTranslations('cluster')
  const [asking, setAsking] = useState<'split' | 'cut' | null>(null)
  const close = () => setAsking(null)
  if (!isOwn) return null
  return (
    <>
      <Menu>
        <MenuTrigger
          disabled={disabled}
          render={
            <Button variant="ghost" size="sm" className="px-2" title={t('network')}>
              <Network aria-hidden />
              <span className="@max-xl:sr-only">{t('network')}</span>
            </Button>
          }
        />
        <MenuContent>
          <MenuItem onClick={() => setAsking('split')}>
            <Split aria-hidden />
            {t('action.split')}
          </MenuItem>
          <MenuItem onClick={() => setAsking('cut')}>
            <ArrowRightFromLine aria-hidden />
            {t('action.cut')}
          </MenuItem>
          <MenuItem disabled={cuts.length === 0} onClick={() => client.fault({ action: 'heal', host: null })}>
            <Plug aria-hidden />
            {t('action.heal')}
          </MenuItem>
        </MenuContent>
      </Menu>
      {asking === 'split' && <SplitDialog hosts={hosts} onClose={close} />}
      {asking === 'cut' && <CutDialog hosts={hosts} onClose={close} />}
    </>
  )
}
