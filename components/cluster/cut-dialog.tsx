'use client'
import { ArrowRight } from 'lucide-react'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'
import { Dialog, DialogClose } from '#components/ui/dialog.tsx'
import { useLab } from '#components/workbench/live-context.tsx'

/** One direction between two hosts. */
export function CutDialog({ hosts, onClose }: { hosts: string[]; onClose: () => void }) {
  const { client } = useLab()
  const t = useTranslations('cluster')
  const [from, setFrom] = useState(hosts[0] ?? '')
  const [to, setTo] = useState(hosts[1] ?? '')
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t('cutTitle')} text={t('cutText')}>
      <div className="mt-4 flex items-end gap-3">
        <HostChoice name={t('from')} value={from} hosts={hosts} onChange={setFrom} />
        <ArrowRight aria-hidden className="mb-2.5 size-4 shrink-0 text-ink-quiet" />
        <HostChoice name={t('to')} value={to} hosts={hosts} onChange={setTo} />
      </div>
      <div className="mt-5 flex justify-end gap-2">
        <DialogClose render={<Button variant="outline">{t('cancel')}</Button>} />
        <DialogClose
          disabled={from === to}
          render={
            <Button variant="primary" onClick={() => client.fault({ action: 'cut', from, to })}>
              {t('cutConfirm')}
            </Button>
          }
        />
      </div>
    </Dialog>
  )
}

function HostChoice(props: { name: string; value: string; hosts: string[]; onChange: (host: string) => void }) {
  return (
    <label className="min-w-0 flex-1 text-sm">
      <span className="mb-1 block text-[13px] text-ink-quiet">{props.name}</span>
      <select
        value={props.value}
        onChange={({ currentTarget }) => props.onChange(currentTarget.value)}
        className="h-9 w-full rounded-md border border-line-strong bg-page px-2 font-mono text-[13px] text-ink"
      >
        {props.hosts.map((host) => (
          <option key={host}>{host}</option>
        ))}
      </select>
    </label>
  )
}
