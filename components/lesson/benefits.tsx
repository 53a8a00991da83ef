import { loadBenefits } from '#lessons/benefits.ts'
import { lessonsOf, loadCourses } from '#lessons/course.ts'
import { BenefitList } from './benefit-list.tsx'

/** What KRaft gives, each with the lesson of this course that shows it. */
export async function Benefits({ course: slug }: { course: string }) {
  const [benefits, { courses }] = await Promise.all([loadBenefits(slug), loadCourses()])
  const course = courses.find((one) => one.slug === slug)
  const lessons = new Map((course ? lessonsOf(course) : []).map((lesson) => [lesson.slug, lesson]))
  const rows = benefits.map(({ lesson: shown, not, ...benefit }) => {
    // A lesson that is still to be written is named by its slug, without a link that leads nowhere.
    const lesson = shown === undefined ? null : lessons.get(shown)
    const where = shown === undefined ? null : { title: lesson?.title ?? shown, href: lesson?.href ?? null }
    return { ...benefit, shown: where, not: not ?? null }
  })
  return <BenefitList benefits={rows} />
}
