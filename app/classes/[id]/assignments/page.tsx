import type { Metadata } from 'next'
import Link from 'next/link'
import { taughtClass } from '#app/classes/class-page.ts'
import { AssignForm } from '#components/classes/assign-form.tsx'
import { AssignmentActions } from '#components/classes/assignment-actions.tsx'
import { ClassPage } from '#components/classes/class-page.tsx'
import { LocalTime } from '#components/ui/local-time.tsx'
import { Cell, HeadCell, Table } from '#components/ui/table.tsx'
import { findAssignments } from '#data/assignment.ts'
import { database } from '#data/connection.ts'
import { assignable, findIn } from '#lessons/assignable.ts'
import { loadCourses } from '#lessons/course.ts'
import { translate } from '#messages/text.ts'

type Props = { params: Promise<{ id: string }> }

export const metadata: Metadata = { title: translate('classes.tab.assignments') }

export default async function AssignmentsPage({ params }: Props) {
  const { id } = await params
  const { class: shown } = await taughtClass(id, `/classes/${id}/assignments`)
  const [assignments, all, { courses }] = await Promise.all([
    findAssignments(database(), id),
    assignable(),
    loadCourses(),
  ])
  const rows = assignments.map((assignment) => ({
    ...assignment,
    what: findIn(all, assignment),
  }))
  const choices = courses.map(({ slug: course, title: courseTitle }) => ({
    course,
    title: courseTitle,
    of: all.filter((one) => one.course === course).map(({ kind, slug, title }) => ({ kind, course, slug, title })),
  }))
  return (
    <ClassPage shown={shown} actions={shown.archivedAt ? null : <AssignForm classId={id} choices={choices} />}>
      {rows.length === 0 ? (
        <p className="text-ink-soft">{translate('classes.nothingAssigned')}</p>
      ) : (
        <Table
          label={translate('classes.tab.assignments')}
          head={
            <>
              <HeadCell>{translate('classes.what')}</HeadCell>
              <HeadCell>{translate('classes.of')}</HeadCell>
              <HeadCell>{translate('classes.due')}</HeadCell>
              <HeadCell>{translate('classes.points')}</HeadCell>
              <HeadCell>
                <span className="sr-only">{translate('classes.actions')}</span>
              </HeadCell>
            </>
          }
        >
          {rows.map(({ id: assignment, slug, kind, dueAt, points, what }) => (
            <tr key={assignment}>
              <Cell className="font-medium text-ink">
                {what ? (
                  <Link href={what.href} className="hover:text-accent">
                    {what.title}
                  </Link>
                ) : (
                  translate('classes.goneFromCourse', { slug })
                )}
              </Cell>
              <Cell>
                {translate(`classes.kind.${kind as 'lab' | 'module'}`)}
                {what && `, ${translate('classes.partsIn', { count: what.parts })}`}
              </Cell>
              <Cell className="tabular-nums">
                {dueAt ? <LocalTime at={dueAt.getTime()} /> : translate('classes.noDate')}
              </Cell>
              <Cell className="tabular-nums">{points}</Cell>
              <Cell>
                {!shown.archivedAt && (
                  <AssignmentActions
                    classId={id}
                    id={assignment}
                    title={what?.title ?? slug}
                    dueAt={dueAt?.getTime() ?? null}
                    points={points}
                  />
                )}
              </Cell>
            </tr>
          ))}
        </Table>
      )}
    </ClassPage>
  )
}
