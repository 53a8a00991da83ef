import { SquareTerminal, TriangleAlert } from 'lucide-react'
import Link from 'next/link'
import { CheckMark } from '#components/workbench/check-mark.tsx'
import type { Lesson } from '#lessons/course.ts'
import { translate } from '#messages/text.ts'

/** One line of a course's contents. */
export function LessonRow(props: {
  lesson: Lesson
  done: boolean
  /** of its lab, null without one */
  checks: { passed: number; all: number } | null
}) {
  const { lesson, done, checks } = props
  const begun = checks !== null && checks.passed > 0
  return (
    <li>
      <Link
        href={lesson.href}
        className="group -mx-3 flex items-start gap-x-3.5 gap-y-1.5 rounded-lg max-sm:flex-wrap px-3 py-3 outline-offset-[-2px] hover:bg-chrome"
      >
        <CheckMark status={done ? 'passed' : begun ? 'open' : 'closed'} className="mt-0.5" />
        <span className="min-w-0 flex-1">
          <span className="font-medium text-ink group-hover:text-accent">{lesson.title}</span>
          <span className="sr-only">
            {' '}
            ({translate(done ? 'course.done' : begun ? 'course.begun' : 'course.notBegun')})
          </span>
          {lesson.problem ? (
            <span className="mt-0.5 flex items-center gap-1.5 text-bad text-sm">
              <TriangleAlert className="size-4 shrink-0" aria-hidden />
              {translate('course.brokenLesson')}
            </span>
          ) : (
            <span className="mt-0.5 block text-ink-quiet text-sm leading-relaxed">{lesson.summary}</span>
          )}
        </span>
        <span className="mt-0.5 flex shrink-0 flex-col items-end gap-1 text-[13px] text-ink-quiet tabular-nums max-sm:mt-0 max-sm:w-full max-sm:flex-row max-sm:gap-3.5 max-sm:pl-8">
          {lesson.minutes > 0 && <span>{translate('course.minutes', { minutes: lesson.minutes })}</span>}
          {checks && (
            <span className="flex items-center gap-1.5">
              <SquareTerminal className="size-3.5" aria-hidden />
              {translate(begun ? 'course.checksOf' : 'course.checks', checks)}
            </span>
          )}
        </span>
      </Link>
    </li>
  )
}
