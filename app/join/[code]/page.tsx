import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { accountFor } from '#app/person.ts'
import { JoinButton } from '#components/classes/join-button.tsx'
import { Page } from '#components/site/page.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { KraftlabError } from '#config/errors.ts'
import type { Class } from '#data/class.ts'
import { findOptionalMember } from '#data/class-member.ts'
import { database } from '#data/connection.ts'
import { findJoinableClass } from '#data/joining.ts'
import type { Person } from '#data/sign-in.ts'
import { translate } from '#messages/text.ts'

type Props = { params: Promise<{ code: string }> }

export const metadata: Metadata = { title: translate('classes.join') }

export default async function JoinPage({ params }: Props) {
  const { code } = await params
  const person = await accountFor(`/join/${encodeURIComponent(code)}`)
  const found = await joinable(person, code)
  if ('problem' in found)
    return (
      <Page title={translate('classes.join')} width="form">
        <Notice tone="bad">{found.problem}</Notice>
      </Page>
    )
  if (await findOptionalMember(database(), { classId: found.id, userId: person.userId }))
    redirect(`/classes/${found.id}`)
  return (
    <Page
      title={translate('classes.joinNamed', { name: found.name })}
      text={translate(found.joinApproval ? 'classes.joinApproval' : 'classes.joinText', {
        name: person.name,
        email: person.email,
      })}
      width="form"
    >
      <JoinButton code={code} />
    </Page>
  )
}

async function joinable(person: Person, code: string): Promise<Class | { problem: string }> {
  try {
    return await findJoinableClass(database(), person, code)
  } catch (error) {
    if (error instanceof KraftlabError) return { problem: error.message }
    throw error
  }
}
