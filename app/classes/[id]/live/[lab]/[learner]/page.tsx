import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { cache } from 'react'
import { taughtClass } from '#app/classes/class-page.ts'
import { SessionChoice } from '#components/class-live/session-choice.tsx'
import { Story } from '#components/class-live/story.tsx'
import { Header } from '#components/site/header.tsx'
import { Page } from '#components/site/page.tsx'
import { LabProvider } from '#components/workbench/live-context.tsx'
import { findAssignments } from '#data/assignment.ts'
import { findOptionalLearner } from '#data/class-member.ts'
import { database } from '#data/connection.ts'
import { findLabSessionsOf } from '#data/lab-session.ts'
import { assignable, assignedLabs } from '#lessons/assignable.ts'
import { findOptionalLabOutline } from '#lessons/lab-outline.ts'
import { translate } from '#messages/text.ts'

type Props = {
  params: Promise<{ id: string; lab: string; learner: string }>
  searchParams: Promise<{ step?: string | string[]; session?: string | string[] }>
}

/** A learner's story in a lab: of the room that they have, or of an earlier one. Asked for title and page, found once. */
const findStory = cache(async (id: string, lab: string, learner: string) => {
  const { class: shown } = await taughtClass(id, `/classes/${id}/live/${lab}/${learner}`)
  const [member, outline, all, assignments] = await Promise.all([
    findOptionalLearner(database(), { classId: id, userId: learner }),
    findOptionalLabOutline(lab),
    assignable(),
    findAssignments(database(), id),
  ])
  if (!member || !outline || !assignedLabs(all, assignments).some(({ slug }) => slug === lab)) notFound()
  const sessions = (await findLabSessionsOf(database(), learner)).filter((one) => one.lab === lab).reverse()
  return { shown, name: member.user.name, outline, sessions }
})

async function storyOf({ params }: Props) {
  const { id, lab, learner } = await params
  return findStory(id, lab, learner)
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const { name, outline } = await storyOf(props)
  return { title: translate('story.title', { name, lab: outline.title }) }
}

export default async function StoryPage(props: Props) {
  const [{ shown, name, outline, sessions }, { step, session: wanted }] = await Promise.all([
    storyOf(props),
    props.searchParams,
  ])
  const session = sessions.find((one) => one.id === wanted) ?? sessions.find(({ endedAt }) => !endedAt) ?? sessions[0]
  const crumbs = [
    { title: translate('classes.title'), href: '/classes' },
    { title: shown.name, href: `/classes/${shown.id}/live?lab=${outline.slug}` },
    { title: name },
  ]
  if (!session)
    return (
      <Page title={name} text={translate('story.none', { name })} crumbs={crumbs} width="text">
        {null}
      </Page>
    )
  return (
    <LabProvider key={session.id} outline={outline} session={session.id} pastPasses={{}} taughtIn={shown.id}>
      <div className="flex h-dvh flex-col overflow-hidden">
        <Header crumbs={crumbs} wide>
          {sessions.length > 1 && (
            <SessionChoice
              session={session.id}
              sessions={sessions.map((one) => ({ id: one.id, startedAt: one.startedAt.getTime() }))}
            />
          )}
        </Header>
        <Story name={name} step={typeof step === 'string' ? step : null} mayAct={shown.archivedAt === null} />
      </div>
    </LabProvider>
  )
}
