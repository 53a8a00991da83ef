'use client'
import { Check, ChevronFirst, FastForward, Link, Pause, Play, Plus, StepBack, StepForward } from 'lucide-react'
import { useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { leaderIn } from '#raft/scenario.ts'
import { quorumAt, type Run, type RunAction } from './run.ts'
import { useRaftWords } from './use-raft-words.ts'

/** Through time, step by step or by itself, and back. */
export function Controls(props: {
  run: Run
  act: (action: RunAction) => void /** of an address with this moment */
  fragment: () => string
}) {
  const { run, act } = props
  const { t, time } = useRaftWords()
  const quorum = quorumAt(run)
  const leader = leaderIn(quorum)
  const { at, steps, isPlaying } = run
  const label = t('moment', { at, count: steps.length, time: time(quorum.now) })
  return (
    <div className="space-y-2.5">
      <div className="flex flex-wrap items-center gap-1.5">
        <Button
          size="sm"
          variant="primary"
          className="min-w-22"
          onClick={() => act({ is: isPlaying ? 'pause' : 'play' })}
        >
          {isPlaying ? <Pause aria-hidden /> : <Play aria-hidden />}
          {t(isPlaying ? 'pause' : 'play')}
        </Button>
        <Button
          size="sm"
          aria-label={t('back')}
          title={t('back')}
          disabled={at === 0}
          onClick={() => act({ is: 'back' })}
        >
          <StepBack aria-hidden />
        </Button>
        <Button size="sm" title={t('stepHint')} onClick={() => act({ is: 'step' })}>
          <StepForward aria-hidden />
          {t('step')}
        </Button>
        <Button size="sm" title={t('skipHint')} onClick={() => act({ is: 'skip' })}>
          <FastForward aria-hidden />
          {t('skip')}
        </Button>
        <Button
          size="sm"
          disabled={!leader}
          title={leader ? undefined : t('noLeader')}
          onClick={() =>
            leader &&
            act({ is: 'do', events: [{ is: 'append', node: leader.id, payloads: [`r${leader.log.length}`] }] })
          }
        >
          <Plus aria-hidden />
          {t('append')}
        </Button>
        <Button size="sm" variant="ghost" onClick={() => act({ is: 'reset' })}>
          <ChevronFirst aria-hidden />
          {t('reset')}
        </Button>
        {at > 0 && <LinkToMoment key={at} fragment={props.fragment} />}
      </div>
      <div className="flex items-center gap-3">
        <input
          type="range"
          aria-label={t('scrub')}
          aria-valuetext={label}
          min={0}
          max={Math.max(1, steps.length)}
          value={at}
          disabled={steps.length === 0}
          onChange={({ target }) => act({ is: 'seek', at: Math.min(steps.length, Number(target.value)) })}
          className="h-5 min-w-0 flex-1 accent-accent disabled:opacity-50"
        />
        <span className="w-28 shrink-0 text-right text-[12px] text-ink-quiet tabular-nums">
          {at}/{steps.length} · {time(quorum.now)}
        </span>
      </div>
    </div>
  )
}

function LinkToMoment({ fragment }: { fragment: () => string }) {
  const { t } = useRaftWords()
  const [isCopied, setIsCopied] = useState(false)
  const copy = () => {
    const address = new URL(fragment(), window.location.href).href
    navigator.clipboard.writeText(address).then(
      () => setIsCopied(true),
      // Without the right to the clipboard it stands in the address bar.
      () => window.history.replaceState(null, '', address),
    )
  }
  return (
    <Button
      size="sm"
      variant="ghost"
      title={t('linkHint')}
      aria-label={t(isCopied ? 'copied' : 'copyLink')}
      onClick={copy}
    >
      {isCopied ? <Check className="text-good" aria-hidden /> : <Link aria-hidden />}
    </Button>
  )
}
