import { Progress } from '#components/ui/progress.tsx'
import type { CourseProgress } from '#lessons/course-progress.ts'
import { translate } from '#messages/text.ts'

/** How long, how much, how far. */
export function CourseFacts({ progress }: { progress: CourseProgress }) {
  const { lessons, checks, minutes, done } = progress
  return (
    <div className="max-w-md">
      <Progress value={checks.passed + done} max={checks.all + lessons.size} label={translate('course.progress')} />
      <p className="mt-2 flex flex-wrap gap-x-4 text-ink-quiet text-sm tabular-nums">
        <span>{translate('course.lessonsDone', { done, all: lessons.size })}</span>
        <span>{translate('course.checksPassed', checks)}</span>
        <span>{translate('course.minutes', { minutes })}</span>
      </p>
    </div>
  )
}
