import type { Module } from '#lessons/course.ts'
import type { CourseProgress } from '#lessons/course-progress.ts'
import { LessonRow } from './lesson-row.tsx'

export function ModuleContents({ module, progress }: { module: Module; progress: CourseProgress }) {
  return (
    <ul className="divide-y">
      {module.lessons.map((lesson) => {
        const own = progress.lessons.get(lesson.slug)
        return <LessonRow key={lesson.slug} lesson={lesson} done={own?.done ?? false} checks={own?.checks ?? null} />
      })}
    </ul>
  )
}
