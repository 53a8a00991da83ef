import { Check, ChevronRight } from 'lucide-react'
import type { Module } from '#lessons/course.ts'
import type { CourseProgress } from '#lessons/course-progress.ts'
import { translate } from '#messages/text.ts'
import { ModuleContents } from './module-contents.tsx'

/** A module as one line that opens, before any script and by the keyboard, to its lessons. */
export function ModuleFold(props: { module: Module; number: number; progress: CourseProgress; open: boolean }) {
  const { module, number, progress, open } = props
  const { lessons } = module
  const done = lessons.filter(({ slug }) => progress.lessons.get(slug)?.done).length
  const minutes = lessons.reduce((all, lesson) => all + lesson.minutes, 0)
  return (
    <details open={open} className="group/module border-b">
      <summary className="group -mx-3 flex cursor-pointer list-none items-baseline gap-3 rounded-lg px-3 py-3 outline-offset-[-2px] hover:bg-chrome [&::-webkit-details-marker]:hidden">
        <ChevronRight
          className="size-4 shrink-0 translate-y-0.5 text-ink-quiet group-open/module:rotate-90"
          aria-hidden
        />
        <h4 className="min-w-0 flex-1 font-medium text-[15px] text-ink group-hover:text-accent">
          {translate('course.module', { number, title: module.title })}
        </h4>
        <span className="flex shrink-0 flex-wrap justify-end gap-x-3 text-[13px] text-ink-quiet tabular-nums max-sm:flex-col max-sm:items-end">
          {done === lessons.length ? (
            <span className="flex items-center gap-1.5 text-good">
              <Check className="size-3.5" strokeWidth={2.5} aria-hidden />
              {translate('course.done')}
            </span>
          ) : (
            <span>
              {done > 0
                ? translate('course.lessonsDone', { done, all: lessons.length })
                : translate('course.lessonCount', { all: lessons.length })}
            </span>
          )}
          {minutes > 0 && <span className="sm:w-14 sm:text-right">{translate('course.minutes', { minutes })}</span>}
        </span>
      </summary>
      <div className="pb-3 sm:pl-7">
        <ModuleContents module={module} progress={progress} />
      </div>
    </details>
  )
}
