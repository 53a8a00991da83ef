'use client'
import { BookCheck } from 'lucide-react'
import { useTranslations } from 'use-intl'
import { CopyButton } from '#components/lesson/copy-button.tsx'
import { Button } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import type { ShownAction } from '#labs/protocol/live.ts'
import { clock } from './format.ts'
import { useLab, useLive } from './live-context.tsx'
import type { StepView } from './step-view.ts'
import { useNow } from './use-now.ts'

const TICK_MS = 5_000

/** How the step is solved, for who has tried: the gateway decides, this only says when. */
export function StepSolution({ step }: { step: StepView }) {
  const { client, isOwn } = useLab()
  const { state, solutions } = useLive()
  const t = useTranslations('solution')
  const { offered, from, shown, hintsLeft, answersLeft } = step.solution
  const live = state?.room.status === 'ready'
  const waits = live && !offered && from !== null
  const now = useNow(waits ? TICK_MS : null)
  const actions = solutions[step.id]
  if (!isOwn || !live || step.status === 'closed') return null
  if (actions) return <Actions actions={actions} />
  const mayAsk = offered || (from !== null && now >= from)
  if (mayAsk)
    return (
      <div className="pt-1" data-solution="offered">
        <Button
          variant="ghost"
          size="sm"
          className="-ml-2 text-ink-quiet"
          onClick={() => client.send({ type: 'solution', step: step.id })}
        >
          <BookCheck aria-hidden className="size-3.5" />
          {t(shown ? 'again' : 'show')}
        </Button>
      </div>
    )
  return (
    <p className="pt-1 text-[13px] text-ink-quiet" data-solution="closed">
      {t('afterTrying', {
        what: [
          ...(hintsLeft > 0 ? [t('hintsLeft', { count: hintsLeft })] : []),
          ...(answersLeft > 0 ? [t('answersLeft', { count: answersLeft })] : []),
        ].join(t('and')),
        time: from === null ? t('orTime') : t('from', { time: clock(from) }),
      })}
    </p>
  )
}

function Actions({ actions }: { actions: ShownAction[] }) {
  const t = useTranslations('solution')
  return (
    <section className="rounded-md border px-3.5 py-3" data-solution="shown">
      <h4 className="font-semibold text-[13px] text-ink">{t('title')}</h4>
      <p className="mt-0.5 text-[13px] text-ink-quiet">{t('text')}</p>
      <ol className="mt-2.5 list-none! space-y-2.5 pl-0! text-sm">
        {actions.map((action, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: what is done twice is there twice, and the list never changes
          <li key={at} className="min-w-0">
            <ActionLine action={action} />
          </li>
        ))}
      </ol>
    </section>
  )
}

function ActionLine({ action }: { action: ShownAction }) {
  const t = useTranslations('solution')
  switch (action.do) {
    case 'run':
      return (
        <>
          <Where host={action.host} terminal={action.terminal} />
          {action.command === null ? (
            <p className="text-ink-soft">{t('depends')}</p>
          ) : (
            <div className="mt-1 flex items-start gap-1 rounded-md bg-sunken py-1 pr-1 pl-2.5">
              <code className="min-w-0 flex-1 whitespace-pre-wrap py-1 text-[12.5px] text-ink [overflow-wrap:anywhere]">
                {action.command}
              </code>
              <CopyButton text={action.command} />
            </div>
          )}
          {action.stays && <p className="mt-1 text-[12.5px] text-ink-quiet">{t('stays')}</p>}
        </>
      )
    case 'keys':
      return (
        <>
          <Where host={action.host} terminal={action.terminal} />
          <p className="text-ink-soft">
            {t('keys')} <kbd className="font-mono text-[12.5px] text-ink">{keyNames(action.keys)}</kbd>
          </p>
        </>
      )
    case 'shows':
      return (
        <p className="text-ink-soft">
          {t('shows', { host: action.host ?? '' })} <code className="text-[12.5px] text-ink">{action.text}</code>
        </p>
      )
    case 'answer':
    case 'predict':
      return (
        <p className="text-ink-soft">
          {t(action.do)}{' '}
          {action.given === null ? (
            t(action.readFrom === null ? 'depends' : 'readFrom', { host: action.readFrom ?? '' })
          ) : (
            <code className="text-[12.5px] text-ink">{action.given}</code>
          )}
        </p>
      )
    case 'fault':
      return <p className="text-ink-soft">{faultWords(t, action.fault)}</p>
    case 'try':
      return <p className="text-ink-soft">{t('try', { title: action.title })}</p>
    case 'edit':
      return <EditedLines {...action} />
    case 'wait':
      return <p className="text-ink-soft">{t('wait', { what: action.what })}</p>
  }
}

function EditedLines({ path, from, to }: Extract<ShownAction, { do: 'edit' }>) {
  const t = useTranslations('solution')
  return (
    <>
      <p className="text-ink-soft">{t('edit', { path })}</p>
      {[from, to].map((lines, at) => (
        <div key={lines} className="mt-1 flex items-start gap-1 rounded-md bg-sunken py-1 pr-1 pl-2.5">
          <pre
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
            tabIndex={0}
            className={cn(
              'min-w-0 flex-1 overflow-x-auto py-1 text-[12.5px]',
              at === 0 ? 'text-ink-quiet' : 'text-ink',
            )}
          >
            {lines}
          </pre>
          {at === 1 && <CopyButton text={to} />}
        </div>
      ))}
    </>
  )
}

function Where({ host, terminal }: { host: string | null; terminal: string | null }) {
  const t = useTranslations('solution')
  if (host === null) return <p className="text-[12.5px] text-ink-quiet">{t('hostDepends')}</p>
  return (
    <p className="text-[12.5px] text-ink-quiet">
      {terminal === null ? t('on', { host }) : t('onNamed', { host, terminal })}
    </p>
  )
}

type Fault = Extract<ShownAction, { do: 'fault' }>['fault']

function faultWords(t: ReturnType<typeof useTranslations<'solution'>>, fault: Fault): string {
  if (fault === null) return t('depends')
  switch (fault.action) {
    case 'split':
      return t('fault.split', { groups: fault.groups.map((group) => group.join(', ')).join(' | ') })
    case 'cut':
      return t('fault.cut', { from: fault.from, to: fault.to })
    case 'heal':
      return fault.host === null ? t('fault.healAll') : t('fault.heal', { host: fault.host })
    default:
      return t(`fault.${fault.action}`, { host: fault.host })
  }
}

/** Control characters as a keyboard has them. */
const keyNames = (keys: string): string =>
  keys
    .replaceAll('\r', ' Enter')
    .replace(/[\x01-\x1a]/g, (key) => `Ctrl+${String.fromCharCode(key.charCodeAt(0) + 64)}`)
