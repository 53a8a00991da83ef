'use client'
/** What an instructor does to all at once: a message, a drill. */
import { Megaphone, Siren } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'
import { Choice } from '#components/ui/choice.tsx'
import { Dialog, DialogActions } from '#components/ui/dialog.tsx'
import { TextArea } from '#components/ui/field.tsx'
import { DRILLS, type Drill, MAX_WORDS_CHARS } from '#labs/protocol/class.ts'
import type { BoardClient } from './board-client.ts'

export function ClassDeeds({ client, rooms, disabled }: { client: BoardClient; rooms: number; disabled: boolean }) {
  const t = useTranslations('board')
  const [asking, setAsking] = useState<'tell' | 'drill' | null>(null)
  const close = () => setAsking(null)
  return (
    <>
      <Button disabled={disabled} onClick={() => setAsking('tell')}>
        <Megaphone aria-hidden />
        {t('tell')}
      </Button>
      <Button disabled={disabled} onClick={() => setAsking('drill')}>
        <Siren aria-hidden />
        {t('drill')}
      </Button>
      {asking === 'tell' && <TellDialog client={client} rooms={rooms} onClose={close} />}
      {asking === 'drill' && <DrillDialog client={client} rooms={rooms} onClose={close} />}
    </>
  )
}

type Props = { client: BoardClient; rooms: number; onClose: () => void }

function TellDialog({ client, rooms, onClose }: Props) {
  const t = useTranslations('board')
  const [text, setText] = useState('')
  const send = (event: FormEvent) => {
    event.preventDefault()
    client.tell(text)
    onClose()
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('tellTitle')}
      text={t('tellText', { count: rooms })}
    >
      <form onSubmit={send} className="mt-4 space-y-5">
        <TextArea label={t('words')} value={text} onChange={setText} maxLength={MAX_WORDS_CHARS} required />
        <DialogActions cancel={t('cancel')} submit={t('send')} busy={text.trim() === ''} />
      </form>
    </Dialog>
  )
}

function DrillDialog({ client, rooms, onClose }: Props) {
  const t = useTranslations('board')
  const [drill, setDrill] = useState<Drill>(DRILLS[0])
  const run = (event: FormEvent) => {
    event.preventDefault()
    client.drill(drill)
    onClose()
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('drillTitle')}
      text={t('drillText', { count: rooms })}
    >
      <form onSubmit={run} className="mt-4 space-y-5">
        <Choice
          label={t('what')}
          value={drill}
          size="md"
          className="w-full"
          onChange={(value) => setDrill(DRILLS.find((one) => one === value) ?? DRILLS[0])}
        >
          {DRILLS.map((one) => (
            <option key={one} value={one}>
              {t(`drills.${one}`)}
            </option>
          ))}
        </Choice>
        <DialogActions cancel={t('cancel')} submit={t('run')} busy={rooms === 0} danger={drill !== 'restore'} />
      </form>
    </Dialog>
  )
}
