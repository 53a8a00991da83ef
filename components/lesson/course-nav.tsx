import { BookA } from 'lucide-react'
import Link from 'next/link'
import { progressIn } from '#app/person.ts'
import { cn } from '#components/ui/cn.ts'
import { CheckMark } from '#components/workbench/check-mark.tsx'
import type { Course, Lesson } from '#lessons/course.ts'
import { translate } from '#messages/text.ts'

/** The course's lessons beside one of them. */
export async function CourseNav({ course, lesson }: { course: Course; lesson: Lesson }) {
  const { lessons: done } = await progressIn(course)
  return (
    <nav aria-label={translate('course.lessons')} className="border-r max-lg:hidden">
      <div className="sticky top-13 max-h-[calc(100dvh-3.25rem)] space-y-6 overflow-y-auto px-4 py-10">
        {course.modules.map((module) => (
          <div key={module.slug}>
            <p className="px-2.5 font-medium text-[13px] text-ink">
              <Link href={module.href} className="hover:text-accent">
                {module.title}
              </Link>
            </p>
            <ul className="mt-1.5 space-y-px">
              {module.lessons.map((one) => (
                <li key={one.slug}>
                  <Link
                    href={one.href}
                    aria-current={one.slug === lesson.slug ? 'page' : undefined}
                    className={cn(
                      'flex items-start gap-2.5 rounded-md px-2.5 py-1.5 text-sm leading-snug',
                      one.slug === lesson.slug
                        ? 'bg-accent-wash font-medium text-ink'
                        : 'text-ink-quiet hover:bg-chrome hover:text-ink',
                    )}
                  >
                    <CheckMark
                      status={one.slug in done ? 'passed' : 'closed'}
                      className="mt-0.5 size-3.5 [&_svg]:size-2.5"
                    />
                    {one.title}
                    {one.slug in done && <span className="sr-only"> ({translate('course.done')})</span>}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        ))}
        {course.glossary && (
          <p className="border-t px-2.5 pt-4 text-sm">
            <Link href={course.glossary} className="flex items-center gap-2.5 text-ink-quiet hover:text-ink">
              <BookA className="size-4" aria-hidden />
              {translate('glossary.title')}
            </Link>
          </p>
        )}
      </div>
    </nav>
  )
}
