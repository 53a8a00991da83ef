import type { Metadata } from 'next'
import { taughtClass } from '#app/classes/class-page.ts'
import { LiveBoard } from '#components/class-live/live-board.tsx'
import { ClassPage } from '#components/classes/class-page.tsx'
import { TextLink } from '#components/ui/text-link.tsx'
import { findAssignments } from '#data/assignment.ts'
import { database } from '#data/connection.ts'
import { assignable, assignedLabs } from '#lessons/assignable.ts'
import { translate } from '#messages/text.ts'

type Props = { params: Promise<{ id: string }>; searchParams: Promise<{ lab?: string | string[] }> }

export const metadata: Metadata = { title: translate('classes.tab.live') }

export default async function LivePage({ params, searchParams }: Props) {
  const { id } = await params
  const { class: shown } = await taughtClass(id, `/classes/${id}/live`)
  const [assignments, all, { lab: wanted }] = await Promise.all([
    findAssignments(database(), id),
    assignable(),
    searchParams,
  ])
  const labs = assignedLabs(all, assignments)
  const lab = labs.find(({ slug }) => slug === wanted) ?? labs[0]
  return (
    <ClassPage shown={shown} width="board">
      {lab ? (
        <LiveBoard key={lab.slug} classId={id} lab={lab.slug} labs={labs} mayAct={shown.archivedAt === null} />
      ) : (
        <p className="border-y py-8 text-ink-soft">
          {translate('board.nothing')}{' '}
          <TextLink href={`/classes/${id}/assignments`}>{translate('board.assign')}</TextLink>
        </p>
      )}
    </ClassPage>
  )
}
