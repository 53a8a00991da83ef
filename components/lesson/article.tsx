import { ArrowLeft, ArrowRight } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import type { Lesson, SoundLesson } from '#lessons/course.ts'
import { translate } from '#messages/text.ts'
import { InlineCode } from './inline-code.tsx'

/** A lesson's text with what stands above and below it. */
export function Article(props: {
  lesson: SoundLesson
  previous: Lesson | null
  next: Lesson | null
  finish: ReactNode
  children: ReactNode
}) {
  const { lesson } = props
  return (
    // its margins go by its own width: beside a terminal it is narrow on a wide screen
    <div className="@container">
      <article className="mx-auto w-full max-w-[44rem] px-5 pt-9 pb-16 @lg:px-8">
        <h1 className="text-balance font-semibold text-[1.875rem] text-ink leading-tight tracking-[-0.022em]">
          {lesson.title}
        </h1>
        <p className="mt-3 text-[1.0313rem] text-ink-soft leading-relaxed">{lesson.summary}</p>
        <p className="mt-3 text-ink-quiet text-sm">
          {translate('lesson.takes', { minutes: lesson.minutes, reading: lesson.reading, kafka: lesson.kafka })}
        </p>
        {lesson.objectives.length > 0 && (
          <section aria-labelledby="objectives" className="mt-7 border-y py-5">
            <h2 id="objectives" className="font-semibold text-ink text-sm">
              {translate('lesson.objectives')}
            </h2>
            <ul className="mt-2 space-y-1.5 text-[15px] text-ink-soft leading-relaxed">
              {lesson.objectives.map((one) => (
                <li key={one} className="flex gap-3">
                  <span aria-hidden className="mt-[0.7em] h-px w-3 shrink-0 bg-line-strong" />
                  <span>
                    <InlineCode text={one} />
                  </span>
                </li>
              ))}
            </ul>
          </section>
        )}
        <div className="prose mt-8">{props.children}</div>
        <div className="mt-14">{props.finish}</div>
        <nav aria-label={translate('lesson.neighbours')} className="mt-8 grid gap-3 sm:grid-cols-2">
          {props.previous ? <Neighbour lesson={props.previous} back /> : <span className="max-sm:hidden" />}
          {props.next && <Neighbour lesson={props.next} />}
        </nav>
      </article>
    </div>
  )
}

function Neighbour({ lesson, back = false }: { lesson: Lesson; back?: boolean }) {
  const Icon = back ? ArrowLeft : ArrowRight
  return (
    <Link
      href={lesson.href}
      rel={back ? 'prev' : 'next'}
      className={`group flex flex-col gap-0.5 rounded-lg border px-4 py-3 hover:border-line-strong hover:bg-chrome ${back ? '' : 'sm:items-end sm:text-right'}`}
    >
      <span className="flex items-center gap-1.5 text-[13px] text-ink-quiet">
        {back && <Icon className="size-3.5" aria-hidden />}
        {translate(back ? 'lesson.previous' : 'lesson.next')}
        {!back && <Icon className="size-3.5" aria-hidden />}
      </span>
      <span className="font-medium text-[15px] text-ink group-hover:text-accent">{lesson.title}</span>
    </Link>
  )
}
