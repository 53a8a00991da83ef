'use client'
/** What an instructor can do for one learner. */
import { Clock, Hand, NotebookPen, RotateCcw } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { ConfirmDialog } from '#components/ui/alert-dialog.tsx'
import { Button } from '#components/ui/button.tsx'
import { Choice } from '#components/ui/choice.tsx'
import { Dialog, DialogActions } from '#components/ui/dialog.tsx'
import { TextArea } from '#components/ui/field.tsx'
import { Menu, MenuContent, MenuItem, MenuTrigger } from '#components/ui/menu.tsx'
import { Progress } from '#components/ui/progress.tsx'
import { clockMinutes } from '#components/workbench/format.ts'
import { useLab, useLive } from '#components/workbench/live-context.tsx'
import { countPassed, currentStep } from '#components/workbench/step-view.ts'
import { useNow } from '#components/workbench/use-now.ts'
import { MAX_WORDS_CHARS } from '#labs/protocol/class.ts'

const EXTENSIONS = [15, 30, 60, 120]
const TICK_MS = 15_000

export function StoryBar({ name, mayAct }: { name: string; mayAct: boolean }) {
  const { state, steps, connection } = useLive()
  const { client, outline } = useLab()
  const t = useTranslations('story')
  const now = useNow(TICK_MS)
  const [asking, setAsking] = useState<'note' | 'reset' | null>(null)
  const { passed, all } = countPassed(steps)
  const live = state?.room.status === 'ready' || state?.room.status === 'starting'
  const connected = connection === 'open'
  const close = () => setAsking(null)
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-2 border-b bg-chrome px-4 py-2">
      <h1 className="font-semibold text-[15px] text-ink">{t('title', { name, lab: outline.title })}</h1>
      <span className="flex items-center gap-2.5">
        <Progress value={passed} max={all} label={t('steps')} className="w-24" />
        <span className="text-[13px] text-ink-quiet tabular-nums">
          {passed}/{all}
        </span>
      </span>
      {live && state.help.since !== null && (
        <span className="flex items-center gap-1.5 font-medium text-[13px] text-bad" data-help>
          <Hand aria-hidden className="size-4" />
          {t('helpSince', { time: clockMinutes(state.help.since) })}
        </span>
      )}
      {live && state.kept && state.kept.until > now && (
        <span className="flex items-center gap-1.5 text-[13px] text-ink-quiet">
          <Clock aria-hidden className="size-4" />
          {t('keptUntil', { time: clockMinutes(state.kept.until), name: state.kept.by })}
        </span>
      )}
      {mayAct && (
        <span className="ml-auto flex flex-wrap gap-2">
          <Button size="sm" disabled={!connected || !live} onClick={() => setAsking('note')}>
            <NotebookPen aria-hidden />
            {t('note')}
          </Button>
          <Menu>
            <MenuTrigger disabled={!connected || !live} render={<Button size="sm" />}>
              <Clock aria-hidden />
              {t('extend')}
            </MenuTrigger>
            <MenuContent>
              {EXTENSIONS.map((minutes) => (
                <MenuItem key={minutes} onClick={() => client.send({ type: 'extend', minutes })}>
                  {t('extendFor', { minutes })}
                </MenuItem>
              ))}
            </MenuContent>
          </Menu>
          <Button size="sm" disabled={!connected || !live} onClick={() => setAsking('reset')}>
            <RotateCcw aria-hidden />
            {t('reset')}
          </Button>
        </span>
      )}
      {asking === 'note' && <NoteDialog name={name} onClose={close} />}
      <ConfirmDialog
        open={asking === 'reset'}
        onOpenChange={(open) => !open && close()}
        title={t('resetTitle', { name })}
        text={t('resetText', { name })}
        confirm={t('resetConfirm')}
        cancel={t('cancel')}
        onConfirm={() => {
          client.send({ type: 'reset' })
          close()
        }}
      />
    </div>
  )
}

function NoteDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const { steps } = useLive()
  const { client } = useLab()
  const t = useTranslations('story')
  const [step, setStep] = useState(currentStep(steps)?.id ?? '')
  const [text, setText] = useState('')
  const leave = (event: FormEvent) => {
    event.preventDefault()
    client.send({ type: 'note', step, text })
    onClose()
  }
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t('noteAt')} text={t('noteText', { name })}>
      <form onSubmit={leave} className="mt-4 space-y-5">
        <Choice label={t('noteStep')} value={step} onChange={setStep} size="md" className="w-full">
          {steps.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </Choice>
        <TextArea label={t('noteWords')} value={text} onChange={setText} maxLength={MAX_WORDS_CHARS} required />
        <DialogActions cancel={t('cancel')} submit={t('leave')} busy={text.trim() === '' || step === ''} />
      </form>
    </Dialog>
  )
}
