import { BookA } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { courseAt } from '#app/find.ts'
import { progressIn } from '#app/person.ts'
import { CourseFacts } from '#components/site/course-facts.tsx'
import { Footer } from '#components/site/footer.tsx'
import { Header } from '#components/site/header.tsx'
import { ModuleContents } from '#components/site/module-contents.tsx'
import { Problem } from '#components/site/problem.tsx'
import { buttonVariants } from '#components/ui/button.tsx'
import { courseProgress } from '#lessons/course-progress.ts'
import { translate } from '#messages/text.ts'

type Props = { params: Promise<{ course: string }> }

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const course = await courseAt((await params).course)
  return 'modules' in course
    ? { title: course.title, description: course.summary }
    : { title: translate('problem.title') }
}

export default async function CoursePage({ params }: Props) {
  const { course: slug } = await params
  const course = await courseAt(slug)
  if (!('modules' in course))
    return (
      <>
        <Header crumbs={[{ title: slug }]} />
        <main id="content" tabIndex={-1} className="mx-auto w-full max-w-3xl px-4 py-14 outline-none sm:px-6">
          <h1 className="mb-6 font-semibold text-3xl text-ink tracking-tight">{slug}</h1>
          <Problem problem={course} />
        </main>
        <Footer />
      </>
    )
  const progress = await courseProgress(course, await progressIn(course))
  return (
    <>
      <Header crumbs={[{ title: course.title }]} />
      <main id="content" tabIndex={-1} className="mx-auto w-full max-w-6xl px-4 pt-12 pb-20 outline-none sm:px-6">
        <h1 className="font-semibold text-4xl text-ink tracking-[-0.025em]">{course.title}</h1>
        <p className="mt-4 max-w-[62ch] text-[17px] text-ink-soft leading-relaxed">{course.summary}</p>
        <div className="mt-7 flex flex-wrap items-center gap-x-8 gap-y-5">
          {progress.next ? (
            <Link href={progress.next.href} className={buttonVariants({ variant: 'primary', size: 'lg' })}>
              {translate(progress.begun ? 'course.continueWith' : 'course.startWith', { title: progress.next.title })}
            </Link>
          ) : (
            <p className="font-medium text-good">{translate('course.allDone')}</p>
          )}
          <div className="min-w-64 flex-1">
            <CourseFacts progress={progress} />
          </div>
          {course.glossary && (
            <Link href={course.glossary} className={buttonVariants()}>
              <BookA aria-hidden />
              {translate('glossary.title')}
            </Link>
          )}
        </div>
        <div className="mt-14 space-y-14">
          {course.modules.map((module, at) => (
            <section
              key={module.slug}
              aria-labelledby={module.slug}
              className="grid gap-x-16 gap-y-4 border-t pt-8 lg:grid-cols-[20rem_1fr]"
            >
              <div>
                <p className="text-ink-quiet text-sm">{translate('course.moduleNumber', { number: at + 1 })}</p>
                <h2 id={module.slug} className="mt-1 font-semibold text-ink text-xl tracking-tight">
                  <Link href={module.href} className="hover:text-accent">
                    {module.title}
                  </Link>
                </h2>
                <p className="mt-2 text-[15px] text-ink-soft leading-relaxed">{module.summary}</p>
              </div>
              <ModuleContents module={module} progress={progress} />
            </section>
          ))}
        </div>
      </main>
      <Footer />
    </>
  )
}
