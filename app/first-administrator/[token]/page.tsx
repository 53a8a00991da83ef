import type { Metadata } from 'next'
import { optionalAccount } from '#app/person.ts'
import { FirstAdministrator } from '#components/account/first-administrator.tsx'
import { SignInForm } from '#components/account/sign-in-form.tsx'
import { withReturn } from '#components/account/where-to.ts'
import { Page } from '#components/site/page.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { TextLink } from '#components/ui/text-link.tsx'
import { readEnvironment } from '#config/environment.ts'
import { ERRORS } from '#config/errors.ts'
import { PASSWORD_CHARS } from '#config/password.ts'
import { isFirstAdministratorLink } from '#data/administration.ts'
import { database } from '#data/connection.ts'
import { readSecrets } from '#data/secrets.ts'
import { translate } from '#messages/text.ts'

type Props = { params: Promise<{ token: string }> }

export const metadata: Metadata = { title: translate('administration.first'), referrer: 'no-referrer' }

export default async function FirstAdministratorPage({ params }: Props) {
  const { token } = await params
  const [account, holds] = await Promise.all([
    optionalAccount(),
    isFirstAdministratorLink(database(), readSecrets(readEnvironment().data), token),
  ])
  const here = `/first-administrator/${encodeURIComponent(token)}`
  if (!holds)
    return (
      <Page title={translate('administration.first')} width="form">
        <Notice tone="bad">{ERRORS.LINK_USED.message}</Notice>
      </Page>
    )
  if (account)
    return (
      <Page
        title={translate('administration.first')}
        text={translate('administration.firstText', { name: account.name, email: account.email })}
        width="form"
      >
        <FirstAdministrator token={token} />
      </Page>
    )
  return (
    <Page title={translate('administration.first')} text={translate('administration.firstAccount')} width="form">
      <SignInForm isNew to={here} passwordChars={PASSWORD_CHARS.min} />
      <p className="mt-6 text-ink-soft text-sm">
        {translate('account.haveOne')}{' '}
        <TextLink href={withReturn('/sign-in', here)}>{translate('account.signIn')}</TextLink>
      </p>
    </Page>
  )
}
