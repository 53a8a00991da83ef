'use client'
import { useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import { Dialog, DialogClose } from '#components/ui/dialog.tsx'
import { useLab } from '#components/workbench/live-context.tsx'

const GROUPS = ['A', 'B', 'C'] as const
type Choice = (typeof GROUPS)[number] | 'none'
const CHOICES: Choice[] = [...GROUPS, 'none']

/** Each host into a group; the links between groups are cut. */
export function SplitDialog({ hosts, onClose }: { hosts: string[]; onClose: () => void }) {
  const { client } = useLab()
  const t = useTranslations('cluster')
  const [chosen, setChosen] = useState<Record<string, Choice>>(() =>
    Object.fromEntries(hosts.map((host, at) => [host, at === 0 ? 'A' : 'B'])),
  )
  const groups = GROUPS.map((group) => hosts.filter((host) => chosen[host] === group)).filter(
    ({ length }) => length > 0,
  )
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t('splitTitle')} text={t('splitText')}>
      <div className="mt-4 space-y-1">
        {hosts.map((host) => (
          <fieldset key={host} className="flex items-center gap-2">
            <legend className="float-left w-26 truncate font-mono text-[13px] sm:w-32">{host}</legend>
            {CHOICES.map((choice) => (
              <label
                key={choice}
                className={cn(
                  'flex h-7 cursor-pointer items-center whitespace-nowrap rounded-md border px-2 text-[13px] sm:px-2.5 has-focus-visible:outline-2 has-focus-visible:outline-focus',
                  chosen[host] === choice
                    ? 'border-accent bg-accent-wash font-medium text-ink'
                    : 'text-ink-quiet hover:text-ink',
                )}
              >
                <input
                  type="radio"
                  name={`group-${host}`}
                  className="sr-only"
                  checked={chosen[host] === choice}
                  onChange={() => setChosen({ ...chosen, [host]: choice })}
                />
                {choice === 'none' ? t('noGroup') : choice}
              </label>
            ))}
          </fieldset>
        ))}
      </div>
      <div className="mt-5 flex items-center justify-end gap-2">
        {groups.length < 2 && <p className="mr-auto text-[13px] text-ink-quiet">{t('splitNeedsTwo')}</p>}
        <DialogClose render={<Button variant="outline">{t('cancel')}</Button>} />
        <DialogClose
          disabled={groups.length < 2}
          render={
            <Button variant="primary" onClick={() => client.fault({ action: 'split', groups })}>
              {t('splitConfirm')}
            </Button>
          }
        />
      </div>
    </Dialog>
  )
}
