import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { optionalPerson } from '#app/person.ts'
import { OidcButton } from '#components/account/oidc-button.tsx'
import { SignInForm } from '#components/account/sign-in-form.tsx'
import { whereTo, withReturn } from '#components/account/where-to.ts'
import { Page } from '#components/site/page.tsx'
import { TextLink } from '#components/ui/text-link.tsx'
import { readEnvironment } from '#config/environment.ts'
import { PASSWORD_CHARS } from '#config/password.ts'
import { translate } from '#messages/text.ts'

type Props = { searchParams: Promise<{ to?: string | string[]; error?: string | string[] }> }

export const metadata: Metadata = { title: translate('account.signIn') }

export default async function SignInPage({ searchParams }: Props) {
  const { to: asked, error } = await searchParams
  const to = whereTo(asked)
  const { oidc } = readEnvironment()
  const person = await optionalPerson()
  if (person && !person.isGuest) redirect(to)
  return (
    <Page title={translate('account.signIn')} text={translate('account.signInText')} width="form">
      {oidc && <OidcButton name={oidc.name} to={to} error={[error].flat()[0] ?? null} />}
      <SignInForm isNew={false} to={to} passwordChars={PASSWORD_CHARS.min} />
      <p className="mt-6 text-ink-soft text-sm">
        {translate('account.noneYet')}{' '}
        <TextLink href={withReturn('/sign-up', to)}>{translate('account.create')}</TextLink>
      </p>
    </Page>
  )
}
