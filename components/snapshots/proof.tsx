'use client'
import { CircleCheck, CircleX, Equal, Plus, RotateCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { keyOfProof } from '#components/inspector/state-store.ts'
import { useStates } from '#components/inspector/use-inspector.ts'
import { Button } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import { number } from '#components/workbench/format.ts'
import { useLab } from '#components/workbench/live-context.tsx'
import type { StateProof } from '#labs/protocol/log.ts'
import { Counts } from './counts.tsx'
import { changedNodes } from './state-nodes.ts'
import { StateTree } from './state-tree.tsx'
import type { StateWords } from './use-state-words.ts'

/** Whether this snapshot and the log behind it, read from the host's files, make what was seen over the wire. */
export function Proof({ host, file, words }: { host: string; file: string; words: StateWords }) {
  const { states } = useLab().client.inspector
  const asked = useStates().proofs.get(keyOfProof(host, file))
  const t = useTranslations('inspector')
  const proof = asked?.answer ?? null
  return (
    <section aria-label={t('proofTitle')} className="border-b bg-chrome px-3.5 py-2" data-proof={proof?.equal}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <h3 className="font-semibold text-[12.5px] text-ink">{t('proofTitle')}</h3>
        <Button
          size="sm"
          className="ml-auto h-6.5 text-[12px]"
          disabled={asked?.pending}
          onClick={() => states.prove(host, file)}
        >
          {proof && <RotateCw aria-hidden className="size-3.5!" />}
          {t(proof ? 'proveAgain' : 'prove')}
        </Button>
      </div>
      <div role="status" className="text-[12.5px]">
        {asked?.pending && <p className="mt-1 text-ink-quiet">{t('proving')}</p>}
        {asked?.problem != null && <p className="mt-1 text-warn">{asked.problem || t('noAnswer')}</p>}
        {proof && !asked?.pending && <Verdict proof={proof} />}
      </div>
      {proof && !asked?.pending && proof.changes.length > 0 && (
        <div className="mt-2 rounded-md border bg-page">
          <div className="border-b px-3.5 py-1.5">
            <p className="text-[12px] text-ink-quiet">{t('proofDifferences')}</p>
            <Counts changes={proof.changes} left={0} />
          </div>
          <StateTree nodes={changedNodes(proof.changes)} label={t('proofDifferences')} words={words} />
        </div>
      )}
    </section>
  )
}

function Verdict({ proof }: { proof: StateProof }) {
  const t = useTranslations('inspector')
  const { equal, snapshotEnd, applied, endOffset, says } = proof
  return (
    <>
      <p className="mt-1.5 flex flex-wrap items-center gap-1.5 tabular-nums">
        <Figure>{t('proofSnapshot', { offset: number(snapshotEnd) })}</Figure>
        <Plus aria-hidden className="size-3.5 text-ink-quiet" />
        <Figure>{t('proofApplied', { count: applied })}</Figure>
        <Equal aria-hidden className="size-3.5 text-ink-quiet" />
        <Figure>{t('proofEnd', { offset: number(endOffset) })}</Figure>
        <span
          className={cn(
            'flex items-center gap-1.5 rounded-md px-2 py-0.5 font-medium',
            equal ? 'bg-good-wash text-good' : 'bg-bad-wash text-bad',
          )}
        >
          {equal ? <CircleCheck aria-hidden className="size-3.5" /> : <CircleX aria-hidden className="size-3.5" />}
          {t(equal ? 'proofHolds' : 'proofFails')}
        </span>
      </p>
      {!equal && <p className="mt-1 text-ink-soft">{says}</p>}
    </>
  )
}

const Figure = ({ children }: { children: ReactNode }) => (
  <span className="rounded-md border bg-page px-2 py-0.5 text-ink">{children}</span>
)
