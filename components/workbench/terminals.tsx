'use client'
import { Ellipsis, Plus, Search, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { ConfirmDialog } from '#components/ui/alert-dialog.tsx'
import { Button } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import { Menu, MenuCheckboxItem, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from '#components/ui/menu.tsx'
import { Tab, Tabs, TabsList, TabsPanel } from '#components/ui/tabs.tsx'
import type { LabSessionState } from '#labs/protocol/live.ts'
import { useLab, useLive } from './live-context.tsx'
import { RoomState, usualHost } from './room-state.tsx'
import { tabName } from './tab-name.ts'
import { TerminalView } from './terminal.tsx'
import { useStoredFlag } from './use-stored.ts'

/** The room's terminals, or what there is to say while it has none. */
export function Terminals({ onLeave }: { onLeave: () => void }) {
  const { state, active, connection, notice } = useLive()
  const { client, start, end } = useLab()
  const t = useTranslations('terminal')
  const [searching, setSearching] = useState(false)
  const [confirming, setConfirming] = useState<'end' | 'renew' | null>(null)
  const [screenReader, setScreenReader] = useStoredFlag('kraftlab.screen-reader')
  const ready = state?.room.status === 'ready'
  // What a button of the panel was answered stands there.
  const trouble = notice?.code === 'ALREADY_SO' ? null : notice
  useFirstTerminal()

  const confirmed = async () => {
    await end()
    if (confirming === 'renew') await start()
  }
  return (
    <Tabs
      value={active}
      onValueChange={(id: string) => client.activate(id, { focus: false })}
      className="flex h-full min-h-0 flex-col bg-page"
    >
      <div className="flex h-10 shrink-0 items-stretch border-b bg-chrome">
        {state && state.terminals.length > 0 ? (
          <TabsList aria-label={t('terminals')} className="flex min-w-0 items-stretch overflow-x-auto">
            {state.terminals.map((terminal) => (
              <TerminalTab key={terminal.id} terminal={terminal} terminals={state.terminals} />
            ))}
          </TabsList>
        ) : (
          <p className="self-center px-4 font-medium text-[13px] text-ink-quiet">{t('terminals')}</p>
        )}
        {ready && <NewTerminal hosts={state.hosts} />}
        <div className="ml-auto flex items-center gap-0.5 pr-1.5">
          {ready && (
            <>
              <Button
                variant="ghost"
                size="icon"
                title={`${t('search')} (Ctrl+Shift+F)`}
                aria-label={t('search')}
                onClick={() => setSearching(true)}
              >
                <Search />
              </Button>
              <Menu>
                <MenuTrigger render={<Button variant="ghost" size="icon" aria-label={t('roomMenu')} />}>
                  <Ellipsis />
                </MenuTrigger>
                <MenuContent>
                  <MenuCheckboxItem checked={screenReader} onCheckedChange={setScreenReader}>
                    {t('screenReader')}
                  </MenuCheckboxItem>
                  {active !== null && (
                    <MenuItem onClick={() => client.send({ type: 'terminal.close', terminal: active })}>
                      {t('close')}
                    </MenuItem>
                  )}
                  <MenuSeparator />
                  <MenuItem onClick={() => setConfirming('renew')}>{t('newRoom')}</MenuItem>
                  <MenuItem onClick={() => setConfirming('end')}>{t('endRoom')}</MenuItem>
                  <MenuSeparator />
                  <p className="max-w-60 px-2.5 py-1.5 text-[12px] text-ink-quiet leading-snug">{t('keys')}</p>
                </MenuContent>
              </Menu>
            </>
          )}
        </div>
      </div>
      {connection === 'reconnecting' && (
        <p role="status" className="shrink-0 border-b bg-warn-wash px-4 py-1.5 text-[13px] text-warn">
          {t('reconnecting')}
        </p>
      )}
      {trouble && (
        <div
          role="alert"
          className="flex shrink-0 items-center gap-3 border-b bg-bad-wash px-4 py-1.5 text-[13px] text-bad"
        >
          <span>{trouble.message}</span>
          <Button
            variant="ghost"
            size="icon"
            className="ml-auto size-6 text-bad"
            aria-label={t('dismiss')}
            onClick={() => client.dismissNotice()}
          >
            <X />
          </Button>
        </div>
      )}
      <div className="terminal-ground relative min-h-0 flex-1">
        {state?.terminals.map((terminal) => (
          <TabsPanel key={terminal.id} value={terminal.id} keepMounted tabIndex={-1} className="outline-none">
            <TerminalView
              id={terminal.id}
              label={tabName(terminal, state.terminals)}
              active={terminal.id === active}
              screenReader={screenReader}
              searching={searching}
              onSearch={setSearching}
              onLeave={onLeave}
            />
            {terminal.ended !== null && terminal.id === active && <Ended terminal={terminal} why={terminal.ended} />}
          </TabsPanel>
        ))}
        {(!ready || state.terminals.length === 0) && <RoomState />}
      </div>
      <ConfirmDialog
        open={confirming !== null}
        onOpenChange={(open) => !open && setConfirming(null)}
        title={confirming === 'renew' ? t('newRoom') : t('endRoom')}
        text={t('endText')}
        confirm={confirming === 'renew' ? t('newRoomConfirm') : t('endRoom')}
        cancel={t('cancel')}
        onConfirm={confirmed}
      />
    </Tabs>
  )
}

type TerminalState = LabSessionState['terminals'][number]

function TerminalTab({ terminal, terminals }: { terminal: TerminalState; terminals: TerminalState[] }) {
  const { client } = useLab()
  const { active } = useLive()
  const t = useTranslations('terminal')
  const name = tabName(terminal, terminals)
  const isActive = active === terminal.id
  const close = () => client.send({ type: 'terminal.close', terminal: terminal.id })
  return (
    <Tab
      value={terminal.id}
      aria-keyshortcuts="Delete"
      onKeyDown={({ key }) => key === 'Delete' && close()}
      className={cn(
        'h-full shrink-0 border-r pr-1.5 pl-3.5 font-mono text-[12.5px]',
        isActive ? 'terminal-ground shadow-[inset_0_2px_0_var(--accent)]' : 'hover:bg-sunken',
      )}
    >
      <span className={terminal.ended ? 'line-through' : ''}>{name}</span>
      {terminal.ended !== null && <span className="text-ink-quiet">{t('ended')}</span>}
      {/* A tab may hold no button: for the keyboard there are Delete and the menu. */}
      <span
        aria-hidden
        title={t('close')}
        data-close
        className="grid size-6 cursor-pointer place-items-center rounded-md text-ink-quiet hover:bg-line hover:text-ink"
        onClick={(event) => {
          event.stopPropagation()
          close()
        }}
      >
        <X className="size-3.5" />
      </span>
    </Tab>
  )
}

/** Over the last screen of a terminal that is over: why, and what to do next. */
function Ended({ terminal, why }: { terminal: TerminalState; why: string }) {
  const { client } = useLab()
  const t = useTranslations('terminal')
  return (
    <div
      role="status"
      className="absolute inset-x-0 bottom-0 flex flex-wrap items-center gap-x-3 gap-y-2 border-t bg-chrome px-4 py-2 text-[13px] text-ink-soft"
    >
      <span className="mr-auto">{why}</span>
      <Button
        variant="outline"
        size="sm"
        onClick={() => {
          client.send({ type: 'terminal.close', terminal: terminal.id })
          client.openTerminal(terminal.host)
        }}
      >
        {t('replace')}
      </Button>
    </div>
  )
}

function NewTerminal({ hosts }: { hosts: string[] }) {
  const { client } = useLab()
  const t = useTranslations('terminal')
  const looks = 'mx-1 self-center'
  if (hosts.length < 2)
    return (
      <Button
        variant="ghost"
        size="icon"
        className={looks}
        title={t('new')}
        aria-label={t('new')}
        onClick={() => client.openTerminal(hosts[0] ?? '')}
      >
        <Plus />
      </Button>
    )
  return (
    <Menu>
      <MenuTrigger render={<Button variant="ghost" size="icon" className={looks} aria-label={t('new')} />}>
        <Plus />
      </MenuTrigger>
      <MenuContent align="start">
        {hosts.map((host) => (
          <MenuItem key={host} className="font-mono text-[13px]" onClick={() => client.openTerminal(host)}>
            {host}
          </MenuItem>
        ))}
      </MenuContent>
    </Menu>
  )
}

/** A room that is ready and has no terminal gets one, once; a learner who closes the last one keeps it closed. */
function useFirstTerminal(): void {
  const { client } = useLab()
  const { session, state } = useLive()
  const asked = useRef<string | null>(null)
  const wanted = state?.room.status === 'ready' && state.terminals.length === 0
  const host = state && usualHost(state)
  useEffect(() => {
    if (!wanted || !host || asked.current === session) return
    asked.current = session
    client.openTerminal(host)
  }, [client, wanted, host, session])
}
