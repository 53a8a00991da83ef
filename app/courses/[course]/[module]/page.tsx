import type { Metadata } from 'next'
import Link from 'next/link'
import { moduleAt } from '#app/find.ts'
import { progressIn } from '#app/person.ts'
import { Footer } from '#components/site/footer.tsx'
import { Header } from '#components/site/header.tsx'
import { ModuleContents } from '#components/site/module-contents.tsx'
import { buttonVariants } from '#components/ui/button.tsx'
import { courseProgress } from '#lessons/course-progress.ts'
import { translate } from '#messages/text.ts'

type Props = { params: Promise<{ course: string; module: string }> }

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { module } = await moduleAt(await params)
  return { title: module.title, description: module.summary }
}

export default async function ModulePage({ params }: Props) {
  const { course, module } = await moduleAt(await params)
  const progress = await courseProgress(course, await progressIn(course))
  const own = module.lessons.map(({ slug }) => progress.lessons.get(slug))
  const next = module.lessons.find(({ slug }) => !progress.lessons.get(slug)?.done) ?? module.lessons[0]
  const following = course.modules[course.modules.indexOf(module) + 1]
  const begun = own.some((one) => one?.done || (one?.checks?.passed ?? 0) > 0)
  return (
    <>
      <Header crumbs={[{ title: course.title, href: course.href }, { title: module.title }]} />
      <main id="content" tabIndex={-1} className="mx-auto w-full max-w-3xl px-4 pt-12 pb-20 outline-none sm:px-6">
        <p className="text-ink-quiet text-sm">
          {translate('course.moduleNumber', { number: course.modules.indexOf(module) + 1 })}
        </p>
        <h1 className="mt-1 font-semibold text-4xl text-ink tracking-[-0.025em]">{module.title}</h1>
        <p className="mt-4 max-w-[62ch] text-[17px] text-ink-soft leading-relaxed">{module.summary}</p>
        {next && (
          <Link href={next.href} className={buttonVariants({ variant: 'primary', size: 'lg', className: 'mt-7' })}>
            {translate(begun ? 'course.continueWith' : 'course.startWith', { title: next.title })}
          </Link>
        )}
        <h2 className="mt-14 border-b pb-2 font-semibold text-ink text-lg">{translate('course.lessons')}</h2>
        <ModuleContents module={module} progress={progress} />
        {following && (
          <p className="mt-10 text-[15px] text-ink-soft">
            {translate('course.nextModule')}{' '}
            <Link href={following.href} className="font-medium text-accent underline underline-offset-4">
              {following.title}
            </Link>
          </p>
        )}
      </main>
      <Footer />
    </>
  )
}
