import type { Metadata } from 'next'
import { taughtClass } from '#app/classes/class-page.ts'
import { ClassPage } from '#components/classes/class-page.tsx'
import { MemberRow } from '#components/classes/member-row.tsx'
import { RosterImport } from '#components/classes/roster-import.tsx'
import { Suggestions } from '#components/classes/suggestions.tsx'
import { Waiting } from '#components/classes/waiting.tsx'
import { Cell, HeadCell, Table } from '#components/ui/table.tsx'
import { findMembers } from '#data/class-member.ts'
import { database } from '#data/connection.ts'
import { findRoster } from '#data/roster.ts'
import { translate } from '#messages/text.ts'

type Props = { params: Promise<{ id: string }> }

export const metadata: Metadata = { title: translate('classes.tab.people') }

export default async function PeoplePage({ params }: Props) {
  const { id } = await params
  const { class: shown } = await taughtClass(id, `/classes/${id}/people`)
  const [members, roster] = await Promise.all([findMembers(database(), id), findRoster(database(), id)])
  const learners = members.filter(({ role, waiting }) => role === 'learner' && !waiting)
  const waiting = members.filter((one) => one.waiting)
  const unmatched = roster.filter(({ memberId }) => memberId === null)
  // An address says who somebody claims to be: an instructor says whether they are.
  const suggested = learners.flatMap(({ roster: own, user, userId }) => {
    const entry = own ? null : unmatched.find(({ email }) => email === user.email)
    return entry ? [{ entryId: entry.id, student: entry.student, userId, name: user.name, email: user.email }] : []
  })
  const free = unmatched.map(({ id: entryId, student, section }) => ({
    entryId,
    label: section ? `${student} (${section})` : student,
  }))
  const mayChange = shown.archivedAt === null
  return (
    <ClassPage shown={shown} actions={mayChange ? <RosterImport classId={id} /> : null}>
      <div className="space-y-10">
        {mayChange && waiting.length > 0 && (
          <Waiting
            classId={id}
            all={waiting.map(({ userId, user }) => ({ userId, name: user.name, email: user.email }))}
          />
        )}
        {mayChange && suggested.length > 0 && <Suggestions classId={id} all={suggested} />}
        <section>
          <h2 className="font-semibold text-ink text-lg tracking-tight">
            {translate('classes.learners', { count: learners.length })}
          </h2>
          {learners.length === 0 ? (
            <p className="mt-3 text-ink-soft">{translate('classes.noLearners')}</p>
          ) : (
            <Table
              label={translate('classes.tab.people')}
              head={
                <>
                  <HeadCell>{translate('classes.name')}</HeadCell>
                  <HeadCell>{translate('account.email')}</HeadCell>
                  <HeadCell>{translate('classes.onRoster')}</HeadCell>
                  <HeadCell>
                    <span className="sr-only">{translate('classes.actions')}</span>
                  </HeadCell>
                </>
              }
            >
              {learners.map(({ userId, user, roster: own }) => (
                <MemberRow
                  key={userId}
                  classId={id}
                  userId={userId}
                  name={user.name}
                  email={user.email}
                  entry={
                    own && { entryId: own.id, label: own.section ? `${own.student} (${own.section})` : own.student }
                  }
                  free={free}
                  mayChange={mayChange}
                />
              ))}
            </Table>
          )}
        </section>
        {unmatched.length > 0 && (
          <section>
            <h2 className="font-semibold text-ink text-lg tracking-tight">
              {translate('classes.notJoined', { count: unmatched.length })}
            </h2>
            <Table
              label={translate('classes.roster')}
              head={
                <>
                  <HeadCell>{translate('classes.name')}</HeadCell>
                  <HeadCell>{translate('account.email')}</HeadCell>
                  <HeadCell>{translate('classes.section')}</HeadCell>
                </>
              }
            >
              {unmatched.map(({ id: entryId, student, email, section }) => (
                <tr key={entryId}>
                  <Cell className="text-ink">{student}</Cell>
                  <Cell>{email}</Cell>
                  <Cell>{section}</Cell>
                </tr>
              ))}
            </Table>
          </section>
        )}
      </div>
    </ClassPage>
  )
}
