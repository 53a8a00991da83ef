import type { Metadata } from 'next'
import Link from 'next/link'
import { redirect } from 'next/navigation'
import { ownClass } from '#app/classes/class-page.ts'
import { Page } from '#components/site/page.tsx'
import { LocalTime } from '#components/ui/local-time.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { Progress } from '#components/ui/progress.tsx'
import { type Assignment, findAssignments } from '#data/assignment.ts'
import { type Achieved, findAchieved } from '#data/class-progress.ts'
import { database } from '#data/connection.ts'
import { type Assignable, assignable, findIn } from '#lessons/assignable.ts'
import { scoreOf } from '#lessons/score.ts'
import { translate } from '#messages/text.ts'

type Props = { params: Promise<{ id: string }> }

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await ownClass((await params).id)).class.name }
}

/** A learner's view; instructors have their own pages. */
export default async function ClassPage({ params }: Props) {
  const { person, class: shown, role, waiting } = await ownClass((await params).id)
  if (role === 'instructor') redirect(`/classes/${shown.id}/live`)
  const crumbs = [{ title: translate('classes.title'), href: '/classes' }, { title: shown.name }]
  if (waiting)
    return (
      <Page title={shown.name} text={translate('classes.waitingText')} crumbs={crumbs} width="text">
        {null}
      </Page>
    )
  const [assignments, all] = await Promise.all([findAssignments(database(), shown.id), assignable()])
  const due = assignments.flatMap((assignment) => {
    const what = findIn(all, assignment)
    return what ? [{ assignment, what }] : []
  })
  const achieved = await findAchieved(database(), {
    userIds: [person.userId],
    labs: due.flatMap(({ what }) => what.labs.map(({ slug }) => slug)),
    courses: due.map(({ what }) => what.course),
  })
  return (
    <Page title={shown.name} text={translate('classes.learnerText')} crumbs={crumbs} width="text">
      {shown.archivedAt && <Notice tone="good">{translate('classes.archivedText')}</Notice>}
      {due.length === 0 ? (
        <p className="border-y py-8 text-ink-soft">{translate('classes.nothingDue')}</p>
      ) : (
        <ul className="divide-y border-y">
          {due.map(({ assignment, what }) => (
            <Due key={assignment.id} assignment={assignment} what={what} achieved={achieved.get(person.userId)!} />
          ))}
        </ul>
      )}
    </Page>
  )
}

function Due({ assignment, what, achieved }: { assignment: Assignment; what: Assignable; achieved: Achieved }) {
  const { dueAt } = assignment
  const { done, all, late } = scoreOf(what, achieved, dueAt)
  const isOver = dueAt !== null && dueAt < new Date() && done < all
  return (
    <li className="grid gap-x-8 gap-y-2 py-5 sm:grid-cols-[1fr_14rem]">
      <div>
        <Link href={what.href} className="font-medium text-ink hover:text-accent">
          {what.title}
        </Link>
        <p className="mt-1 text-ink-quiet text-sm">
          {translate(`classes.kind.${what.kind}`)}
          {dueAt && (
            <>
              {' · '}
              <span className={isOver ? 'font-medium text-bad' : ''}>
                {translate(isOver ? 'classes.wasDue' : 'classes.due')} <LocalTime at={dueAt.getTime()} />
              </span>
            </>
          )}
        </p>
      </div>
      <div>
        <Progress value={done} max={all} label={translate('classes.progressOf', { title: what.title })} />
        <p className="mt-1.5 text-ink-quiet text-sm tabular-nums">
          {translate('classes.parts', { done, all })}
          {late > 0 && ` · ${translate('classes.late', { late })}`}
        </p>
      </div>
    </li>
  )
}
