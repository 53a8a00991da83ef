import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { courseAt } from '#app/find.ts'
import { GlossaryList } from '#components/glossary/glossary-list.tsx'
import { Page } from '#components/site/page.tsx'
import { Problem } from '#components/site/problem.tsx'
import { lessonsOf } from '#lessons/course.ts'
import { initialOf, loadGlossary } from '#lessons/glossary.ts'
import { translate } from '#messages/text.ts'

type Props = { params: Promise<{ course: string }> }

export const metadata: Metadata = { title: translate('glossary.title') }

export default async function GlossaryPage({ params }: Props) {
  const course = await courseAt((await params).course)
  if (!('modules' in course) || !course.glossary) notFound()
  const glossary = await loadGlossary(course.slug)
  const page = {
    title: translate('glossary.title'),
    crumbs: [{ title: course.title, href: course.href }, { title: translate('glossary.title') }],
    width: 'table' as const,
  }
  if (!('entries' in glossary))
    return (
      <Page {...page}>
        <Problem problem={glossary} />
      </Page>
    )
  const lessons = new Map(lessonsOf(course).map((lesson) => [lesson.slug, lesson]))
  const terms = glossary.entries.map(({ id, term, also, meaning, kip, lesson: slug }) => {
    // A term may be shown in a lesson that is still to be written.
    const lesson = lessons.get(slug)
    const shown = lesson ? { title: lesson.title, href: lesson.href } : null
    return { id, term, also, meaning, kip: kip ?? null, lesson: shown, initial: initialOf(term) }
  })
  return (
    <Page {...page} text={translate('glossary.text')}>
      <GlossaryList terms={terms} />
    </Page>
  )
}
