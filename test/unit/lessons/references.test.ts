/** A page leaves out a link to a lesson that is not there: so nobody would miss it. */
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadBenefits } from '#lessons/benefits.ts'
import { lessonsOf, loadCourses } from '#lessons/course.ts'
import { loadGlossary } from '#lessons/glossary.ts'

const { courses, problems } = await loadCourses()

test('the courses are whole, and come in their order', () => {
  expect(problems).toEqual([])
  expect(courses.length).toBeGreaterThan(0)
  expect(courses.map(({ order }) => order)).toEqual(courses.map(({ order }) => order).sort((one, other) => one - other))
})

test.each(courses)('glossary and benefits of $slug lead to lessons that are there', async (course) => {
  const glossary = await loadGlossary(course.slug)
  if (!('entries' in glossary)) throw new Error('the glossary is broken')
  const benefits = existsSync(`content/${course.slug}/benefits.yaml`) ? await loadBenefits(course.slug) : []
  const slugs = new Set(lessonsOf(course).map(({ slug }) => slug))
  const named = [...glossary.entries, ...benefits].flatMap(({ lesson }) => lesson ?? [])
  expect(named.length).toBeGreaterThan(0)
  expect(named.filter((lesson) => !slugs.has(lesson))).toEqual([])
})
