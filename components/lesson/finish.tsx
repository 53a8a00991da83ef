'use client'
import { Check } from 'lucide-react'
import { useEffect, useOptimistic, useRef, useState, useTransition } from 'react'
import { useTranslations } from 'use-intl'
import { setLessonDone } from '#app/actions.ts'
import { signInAsGuest } from '#components/guest.ts'
import { Button } from '#components/ui/button.tsx'
import { useOptionalLive } from '#components/workbench/live-context.tsx'
import { checksLeft } from '#components/workbench/step-view.ts'

/** Marks the lesson as done: by hand, or by itself where its lab is passed and its text read to the end. */
export function Finish({ course, lesson, done }: { course: string; lesson: string; done: boolean }) {
  const t = useTranslations('lesson')
  const live = useOptionalLive()
  const [shown, setShown] = useOptimistic(done)
  const [pending, begin] = useTransition()
  const [problem, setProblem] = useState(false)
  const end = useRef<HTMLDivElement>(null)
  const readToEnd = useSeen(end)
  const left = live ? checksLeft(live.steps) : 0
  const labPassed = live !== null && left === 0

  const set = (to: boolean) =>
    begin(async () => {
      setShown(to)
      setProblem(false)
      try {
        await signInAsGuest()
        await setLessonDone({ course, lesson }, to)
      } catch (error) {
        console.warn('The lesson was not marked.', error)
        setProblem(true)
      }
    })

  const byItself = useRef(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when both have become true
  useEffect(() => {
    if (!labPassed || !readToEnd || done || byItself.current) return
    byItself.current = true
    set(true)
  }, [labPassed, readToEnd, done])

  return (
    <div ref={end} className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t pt-6">
      {shown ? (
        <>
          <p className="flex items-center gap-2 font-medium text-good text-sm">
            <Check className="size-4" strokeWidth={2.5} aria-hidden />
            {t('done')}
          </p>
          <Button variant="ghost" size="sm" disabled={pending} onClick={() => set(false)}>
            {t('notDone')}
          </Button>
        </>
      ) : (
        <>
          <Button variant="outline" disabled={pending} onClick={() => set(true)}>
            <Check aria-hidden />
            {t('markDone')}
          </Button>
          {left > 0 && <p className="text-ink-quiet text-sm">{t('checksLeft', { left })}</p>}
        </>
      )}
      <p role="status" className="text-bad text-sm">
        {problem && t('notKept')}
      </p>
    </div>
  )
}

function useSeen(element: React.RefObject<HTMLElement | null>): boolean {
  const [seen, setSeen] = useState(false)
  useEffect(() => {
    if (!element.current) return
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && setSeen(true))
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element])
  return seen
}
