/** Every command and output of every lesson says where it is run, or why not: what test/integration/lesson-commands.test.ts follows. */
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { lessonsOf, loadCourses } from '#lessons/course.ts'
import { findOptionalLabOutline } from '#lessons/lab-outline.ts'
import { readScript, unknownHosts } from '#lessons/script.ts'

/** More than this share left out, and the lessons are no longer shown to be true. */
const MAX_SKIPPED = 0.15
/** Half a second on a quiet machine: all MDX of the courses is parsed. */
const LIMIT_MS = 90_000

test(
  'each lesson can be followed, but for a few commands and outputs that say why not',
  async () => {
    const { courses } = await loadCourses()
    const problems: string[] = []
    let [all, skipped] = [0, 0]
    for (const lesson of courses.flatMap(lessonsOf)) {
      const script = readScript(await readFile(lesson.file, 'utf8'))
      const items = script.parts
        .flatMap((part) => part.items)
        .filter((item) => item.do === 'run' || item.do === 'output')
      const outline = lesson.lab ? await findOptionalLabOutline(lesson.lab) : null
      if (items.length > 0 && !outline) problems.push(`${lesson.file}: has commands, and no lab`)
      const found = [...script.problems, ...(outline ? unknownHosts(script, outline.hosts) : [])]
      problems.push(...found.map(({ line, reason }) => `${lesson.file}:${line}: ${reason}`))
      const checks = outline?.steps.flatMap((step) => step.checks.map(({ id }) => id)) ?? []
      for (const item of script.parts.flatMap((part) => part.items))
        if (item.do === 'check' && !checks.includes(item.id))
          problems.push(`${lesson.file}:${item.line}: its lab has no check ${item.id}`)
      all += items.length + script.skipped.length
      skipped += script.skipped.length
    }
    expect(problems).toEqual([])
    expect(all).toBeGreaterThan(0)
    expect(skipped / all).toBeLessThan(MAX_SKIPPED)
  },
  LIMIT_MS,
)
