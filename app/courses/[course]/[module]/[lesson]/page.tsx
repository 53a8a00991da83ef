import { ChevronLeft, ChevronRight } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { lessonAt } from '#app/find.ts'
import { keptOfLab, keptOfLesson } from '#app/person.ts'
import { Article } from '#components/lesson/article.tsx'
import { lessonComponents } from '#components/lesson/components.tsx'
import { Contents, ContentsButton } from '#components/lesson/contents.tsx'
import { CourseNav } from '#components/lesson/course-nav.tsx'
import { Finish } from '#components/lesson/finish.tsx'
import { ReaderProvider } from '#components/lesson/reader-context.tsx'
import { ReadingPosition } from '#components/lesson/reading-position.tsx'
import { Header } from '#components/site/header.tsx'
import { Problem } from '#components/site/problem.tsx'
import { buttonVariants } from '#components/ui/button.tsx'
import { LabProvider } from '#components/workbench/live-context.tsx'
import { Workbench } from '#components/workbench/workbench.tsx'
import { compileLesson } from '#lessons/compile.ts'
import { ContentError, type ContentProblem } from '#lessons/content-problem.ts'
import type { Lesson } from '#lessons/course.ts'
import { findOptionalLabOutline } from '#lessons/lab-outline.ts'
import { translate } from '#messages/text.ts'

type Props = { params: Promise<{ course: string; module: string; lesson: string }> }

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { lesson } = await lessonAt(await params)
  return { title: lesson.title, description: lesson.problem ? undefined : lesson.summary }
}

export default async function LessonPage({ params }: Props) {
  const { course, module, lesson, previous, next } = await lessonAt(await params)
  const compiled = lesson.problem ?? (await compileLesson(lesson).catch(problemOf))
  const crumbs = [
    { title: course.title, href: course.href },
    { title: module.title, href: module.href },
    { title: lesson.title },
  ]
  if (lesson.problem || !('Body' in compiled))
    return (
      <>
        <Header crumbs={crumbs} />
        <main id="content" tabIndex={-1} className="mx-auto w-full max-w-3xl px-4 py-14 outline-none sm:px-6">
          <h1 className="mb-6 font-semibold text-3xl text-ink tracking-tight">{lesson.title}</h1>
          <Problem problem={compiled as ContentProblem} />
        </main>
      </>
    )

  const { Body, headings } = compiled
  const [kept, outline, lab] = await Promise.all([
    keptOfLesson(course.slug, lesson.slug),
    lesson.lab ? findOptionalLabOutline(lesson.lab) : null,
    lesson.lab ? keptOfLab(lesson.lab) : null,
  ])
  const key = { course: course.slug, lesson: lesson.slug }
  const article = (
    <>
      <Article
        lesson={lesson}
        previous={previous}
        next={next}
        finish={<Finish key={lesson.slug} {...key} done={kept.done} />}
      >
        <Body components={lessonComponents} />
      </Article>
      <ReadingPosition key={lesson.slug} {...key} headings={headings} kept={kept.reading} />
    </>
  )
  const read = (children: ReactNode) => (
    <ReaderProvider key={lesson.slug} {...key} quizAnswers={kept.quizAnswers}>
      {children}
    </ReaderProvider>
  )

  if (outline && lab)
    return read(
      <LabProvider outline={outline} session={lab.session} pastPasses={lab.pastPasses}>
        <div className="flex h-dvh flex-col overflow-hidden">
          <Header crumbs={crumbs} wide>
            <Turn lesson={previous} back />
            <Turn lesson={next} />
            <ContentsButton headings={headings} />
          </Header>
          <Workbench title={lesson.title} anchors={headings.map(({ id }) => id)} lesson={article} />
        </div>
      </LabProvider>,
    )
  return read(
    <>
      <Header crumbs={crumbs} wide>
        <div className="xl:hidden">
          <ContentsButton headings={headings} />
        </div>
      </Header>
      <div className="mx-auto grid w-full max-w-[86rem] flex-1 lg:grid-cols-[17rem_minmax(0,1fr)] xl:grid-cols-[17rem_minmax(0,1fr)_16rem]">
        <CourseNav course={course} lesson={lesson} />
        <main id="content" tabIndex={-1} className="min-w-0 outline-none">
          {article}
        </main>
        <aside className="max-xl:hidden">
          <div className="sticky top-13 max-h-[calc(100dvh-3.25rem)] overflow-y-auto px-4 py-10">
            <Contents headings={headings} />
          </div>
        </aside>
      </div>
    </>,
  )
}

function Turn({ lesson, back = false }: { lesson: Lesson | null; back?: boolean }) {
  if (!lesson) return null
  const Icon = back ? ChevronLeft : ChevronRight
  const label = translate(back ? 'lesson.previousNamed' : 'lesson.nextNamed', { title: lesson.title })
  return (
    <Link
      href={lesson.href}
      title={label}
      aria-label={label}
      className={buttonVariants({ variant: 'ghost', size: 'icon', className: 'max-sm:hidden' })}
    >
      <Icon aria-hidden />
    </Link>
  )
}

function problemOf(error: unknown): ContentProblem {
  if (error instanceof ContentError) return error.problem
  throw error
}
