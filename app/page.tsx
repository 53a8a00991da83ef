import Link from 'next/link'
import { CombinedNodeDiagram } from '#components/diagrams/combined-node.tsx'
import { CourseFacts } from '#components/site/course-facts.tsx'
import { Footer } from '#components/site/footer.tsx'
import { Header } from '#components/site/header.tsx'
import { ModuleFold } from '#components/site/module-fold.tsx'
import { Problem } from '#components/site/problem.tsx'
import { buttonVariants } from '#components/ui/button.tsx'
import { type Course, loadCourses, type Module } from '#lessons/course.ts'
import { type CourseProgress, courseProgress, toGoOnWith } from '#lessons/course-progress.ts'
import { translate } from '#messages/text.ts'
import { progressIn } from './person.ts'

export default async function HomePage() {
  const { courses, problems } = await loadCourses()
  const standings = await Promise.all(
    courses.map(async (course) => ({ course, progress: await courseProgress(course, await progressIn(course)) })),
  )
  const progress = toGoOnWith(standings.map((one) => one.progress))
  return (
    <>
      <Header />
      <main id="content" tabIndex={-1} className="mx-auto w-full max-w-6xl px-4 pb-20 outline-none sm:px-6">
        <div className="grid items-center gap-x-16 gap-y-12 pt-14 pb-16 sm:pt-20 lg:grid-cols-[1fr_26rem]">
          <div>
            <h1 className="max-w-[17ch] text-balance font-semibold text-4xl text-ink leading-[1.1] tracking-[-0.028em] sm:text-5xl">
              {translate('home.title')}
            </h1>
            <p className="mt-6 max-w-[54ch] text-[17px] text-ink-soft leading-relaxed">{translate('home.text')}</p>
            {progress?.next && (
              <p className="mt-8 flex flex-wrap items-center gap-x-4 gap-y-3">
                <Link href={progress.next.href} className={buttonVariants({ variant: 'primary', size: 'lg' })}>
                  {translate(progress.begun ? 'course.continue' : 'course.start')}
                </Link>
                <span className="text-ink-quiet text-sm">
                  {translate('home.next', { title: progress.next.title, minutes: progress.next.minutes })}
                </span>
              </p>
            )}
          </div>
          <figure>
            <CombinedNodeDiagram />
            <figcaption className="mt-4 text-ink-quiet text-sm leading-relaxed">{translate('home.figure')}</figcaption>
          </figure>
        </div>
        <dl className="grid gap-x-10 gap-y-6 border-y py-8 sm:grid-cols-3">
          {(['room', 'checks', 'progress'] as const).map((one) => (
            <div key={one}>
              <dt className="font-semibold text-[15px] text-ink">{translate(`home.${one}`)}</dt>
              <dd className="mt-1.5 text-[15px] text-ink-soft leading-relaxed">{translate(`home.${one}Text`)}</dd>
            </div>
          ))}
        </dl>
        <h2 id="courses" className="mt-16 font-semibold text-2xl text-ink tracking-tight">
          {translate('home.courses')}
        </h2>
        {courses.length + problems.length === 0 && <p className="mt-4 text-ink-soft">{translate('home.noCourses')}</p>}
        <div className="mt-6 space-y-12">
          {standings.map((one) => (
            <CourseCard key={one.course.slug} {...one} goesOn={one.progress === progress} />
          ))}
          {problems.map((problem) => (
            <Problem key={problem.file} problem={problem} />
          ))}
        </div>
      </main>
      <Footer />
    </>
  )
}

/** @param props.goesOn it is what the learner goes on with: the module where that is stands open, all others are a line */
function CourseCard(props: { course: Course; progress: CourseProgress; goesOn: boolean }) {
  const { course, progress, goesOn } = props
  const opens = (module: Module) =>
    // what is broken in a course is not hidden from its author
    (goesOn && module.slug === progress.next?.module) || module.lessons.some(({ problem }) => problem)
  return (
    <article className="grid gap-x-16 gap-y-6 lg:grid-cols-[20rem_1fr]">
      <div>
        <h3 className="font-semibold text-ink text-xl tracking-tight">
          <Link href={course.href} className="hover:text-accent">
            {course.title}
          </Link>
        </h3>
        <p className="mt-2 mb-5 text-[15px] text-ink-soft leading-relaxed">{course.summary}</p>
        <CourseFacts progress={progress} />
      </div>
      <div className="border-t">
        {course.modules.map((module, at) => (
          <ModuleFold key={module.slug} module={module} number={at + 1} progress={progress} open={opens(module)} />
        ))}
      </div>
    </article>
  )
}
