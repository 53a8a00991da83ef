/** A page leaves out a link to a lesson that is not there: so nobody would miss it. */
import { expect, test } from 'vitest'
import { loadBenefits } from '#lessons/benefits.ts'
import { lessonsOf, loadCourses } from '#lessons/course.ts'
import { loadGlossary } from '#lessons/glossary.ts'

test('glossary and benefits lead to lessons that are there', async () => {
  const { courses } = await loadCourses()
  const [glossary, benefits] = [await loadGlossary('kraft'), await loadBenefits('kraft')]
  if (!('entries' in glossary)) throw new Error('the glossary is broken')
  const slugs = new Set(
    courses
      .filter(({ slug }) => slug === 'kraft')
      .flatMap(lessonsOf)
      .map(({ slug }) => slug),
  )
  expect(slugs.size).toBeGreaterThan(30)
  const named = [...glossary.entries, ...benefits].flatMap(({ lesson }) => lesson ?? [])
  expect(named.length).toBeGreaterThan(42)
  expect(named.filter((lesson) => !slugs.has(lesson))).toEqual([])
})
