import Link from 'next/link'
import { Footer } from '#components/site/footer.tsx'
import { Header } from '#components/site/header.tsx'
import { buttonVariants } from '#components/ui/button.tsx'
import { loadCourses } from '#lessons/course.ts'
import { translate } from '#messages/text.ts'

export default async function NotFound() {
  const { courses } = await loadCourses()
  return (
    <>
      <Header />
      <main id="content" tabIndex={-1} className="mx-auto w-full max-w-3xl px-4 py-20 outline-none sm:px-6">
        <p className="font-mono text-ink-quiet text-sm">404</p>
        <h1 className="mt-2 font-semibold text-3xl text-ink tracking-tight">{translate('notFound.title')}</h1>
        <p className="mt-3 max-w-[56ch] text-ink-soft leading-relaxed">{translate('notFound.text')}</p>
        <div className="mt-8 flex flex-wrap gap-3">
          <Link href="/" className={buttonVariants({ variant: 'primary' })}>
            {translate('notFound.home')}
          </Link>
          {courses.map(({ slug, title, href }) => (
            <Link key={slug} href={href} className={buttonVariants({ variant: 'outline' })}>
              {title}
            </Link>
          ))}
        </div>
      </main>
      <Footer />
    </>
  )
}
