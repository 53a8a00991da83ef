import type { ReactNode } from 'react'
import { lessonAt } from '#app/find.ts'

type Props = { params: Promise<{ course: string; module: string; lesson: string }>; children: ReactNode }

/** Outside of what loading.tsx covers: once that has been sent, a missing lesson could not be a 404 any more. */
export default async function LessonLayout({ params, children }: Props) {
  await lessonAt(await params)
  return children
}
