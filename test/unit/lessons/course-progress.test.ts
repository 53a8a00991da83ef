/** Which of several courses the start page goes on with. */
import { expect, test } from 'vitest'
import type { Course, Lesson } from '#lessons/course.ts'
import { courseProgress, toGoOnWith } from '#lessons/course-progress.ts'

const problem = null
const lesson = (slug: string) => ({ slug, problem, minutes: 5 }) as Lesson
const course = (lessons: Lesson[]) => ({ modules: [{ lessons }] }) as Course

/** A course of two lessons, named `one` and `two`. */
const standing = (given: { read?: number; done?: string[] }) =>
  courseProgress(course([lesson('one'), lesson('two')]), {
    lessons: Object.fromEntries((given.done ?? []).map((slug) => [slug, new Date(1)])),
    readLast: given.read === undefined ? null : ({ lesson: 'one', at: new Date(given.read) } as never),
    labs: {},
  })

test('the first course where nothing was read', async () => {
  const [first, second] = [await standing({}), await standing({})]
  expect(toGoOnWith([first, second])).toBe(first)
})

test('the course that was read last', async () => {
  const [first, second] = [await standing({ read: 1 }), await standing({ read: 2 })]
  expect(toGoOnWith([first, second])).toBe(second)
})

test('not one that is finished, and none where all are', async () => {
  const [finished, fresh] = [await standing({ read: 3, done: ['one', 'two'] }), await standing({})]
  expect(toGoOnWith([finished, fresh])).toBe(fresh)
  expect(toGoOnWith([finished])).toBeUndefined()
})
