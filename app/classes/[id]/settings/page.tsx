import type { Metadata } from 'next'
import { taughtClass } from '#app/classes/class-page.ts'
import { ApiTokens } from '#components/classes/api-tokens.tsx'
import { ArchiveClass } from '#components/classes/archive-class.tsx'
import { ClassPage } from '#components/classes/class-page.tsx'
import { CoInstructors } from '#components/classes/co-instructors.tsx'
import { JoinLink } from '#components/classes/join-link.tsx'
import { SettingsForm } from '#components/classes/settings-form.tsx'
import { Section } from '#components/site/section.tsx'
import { findApiTokens, scopesOf } from '#data/api-token.ts'
import { isJoinable } from '#data/class.ts'
import { findMembers } from '#data/class-member.ts'
import { database } from '#data/connection.ts'
import { translate } from '#messages/text.ts'

type Props = { params: Promise<{ id: string }> }

export const metadata: Metadata = { title: translate('classes.tab.settings') }

export default async function SettingsPage({ params }: Props) {
  const { id } = await params
  const { class: shown, person } = await taughtClass(id, `/classes/${id}/settings`)
  const [members, tokens] = await Promise.all([findMembers(database(), id), findApiTokens(database(), id)])
  const { name, joinCode, joinOpen, joinUntil, joinApproval, stuckMinutes, archivedAt } = shown
  return (
    <ClassPage shown={shown}>
      <div className="divide-y border-y">
        <Section title={translate('classes.joining')} text={translate('classes.joiningText')}>
          <JoinLink
            classId={id}
            code={joinCode}
            isOpen={isJoinable(shown, new Date())}
            mayRenew={archivedAt === null}
          />
        </Section>
        {!archivedAt && (
          <Section title={translate('classes.tab.settings')} text={translate('classes.settingsText')}>
            <SettingsForm
              classId={id}
              kept={{ name, joinOpen, joinUntil: joinUntil?.getTime() ?? null, joinApproval, stuckMinutes }}
            />
          </Section>
        )}
        <Section title={translate('classes.instructors')} text={translate('classes.instructorsText')}>
          <CoInstructors
            classId={id}
            mayAdd={archivedAt === null}
            all={members
              .filter(({ role }) => role === 'instructor')
              .map(({ userId, user }) => ({
                userId,
                name: user.name,
                email: user.email,
                isSelf: userId === person.userId,
              }))}
          />
        </Section>
        <Section title={translate('classes.tokens')} text={translate('classes.tokensText')}>
          <ApiTokens
            classId={id}
            mayMake={archivedAt === null}
            all={tokens.map((one) => ({
              id: one.id,
              name: one.name,
              by: one.user.name,
              scopes: scopesOf(one),
              expiresAt: one.expiresAt.getTime(),
              isOver: one.expiresAt < new Date(),
              lastUsedAt: one.lastUsedAt?.getTime() ?? null,
            }))}
          />
        </Section>
        <Section
          title={translate(archivedAt ? 'classes.bringBack' : 'classes.archive')}
          text={translate('classes.archiveText')}
        >
          <ArchiveClass classId={id} isArchived={archivedAt !== null} />
        </Section>
      </div>
    </ClassPage>
  )
}
