import type { Metadata } from 'next'
import { accountFor } from '#app/person.ts'
import { DeleteAccount } from '#components/account/delete-account.tsx'
import { NameForm } from '#components/account/name-form.tsx'
import { PasswordForm } from '#components/account/password-form.tsx'
import { SignIns } from '#components/account/sign-ins.tsx'
import { Page } from '#components/site/page.tsx'
import { Section } from '#components/site/section.tsx'
import { buttonVariants } from '#components/ui/button.tsx'
import { PASSWORD_CHARS } from '#config/password.ts'
import { hasPassword } from '#data/account.ts'
import { database } from '#data/connection.ts'
import { findSignIns } from '#data/sign-in.ts'
import { translate } from '#messages/text.ts'

export const metadata: Metadata = { title: translate('account.title') }

export default async function AccountPage() {
  const person = await accountFor('/account')
  const [withPassword, signIns] = await Promise.all([
    hasPassword(database(), person.userId),
    findSignIns(database(), person.userId),
  ])
  return (
    <Page
      title={translate('account.title')}
      text={translate('account.as', { email: person.email, role: translate(`role.${person.role}`) })}
      width="text"
    >
      <div className="divide-y border-y">
        <Section title={translate('account.name')} text={translate('account.nameHelp')}>
          <NameForm name={person.name} />
        </Section>
        {withPassword && (
          <Section title={translate('account.password')} text={translate('account.passwordText')}>
            <PasswordForm email={person.email} passwordChars={PASSWORD_CHARS.min} />
          </Section>
        )}
        <Section title={translate('account.signIns')} text={translate('account.signInsText')}>
          <SignIns
            all={signIns.map(({ id, createdAt, method, userAgent }) => ({
              at: createdAt.getTime(),
              method,
              device: userAgent ?? '',
              isHere: id === person.sessionId,
            }))}
          />
        </Section>
        <Section title={translate('account.export')} text={translate('account.exportText')}>
          <a href="/gateway/account/export" download className={buttonVariants({ variant: 'outline' })}>
            {translate('account.exportNow')}
          </a>
        </Section>
        <Section title={translate('account.delete')} text={translate('account.deleteText')}>
          <DeleteAccount withPassword={withPassword} />
        </Section>
      </div>
    </Page>
  )
}
