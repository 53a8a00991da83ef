import { redirect } from 'next/navigation'
import { optionalAccount } from '#app/person.ts'
import { OidcButton } from '#components/account/oidc-button.tsx'
import { SignInForm } from '#components/account/sign-in-form.tsx'
import { whereTo, withReturn } from '#components/account/where-to.ts'
import { Page } from '#components/site/page.tsx'
import { TextLink } from '#components/ui/text-link.tsx'
import { readEnvironment } from '#config/environment.ts'
import { PASSWORD_CHARS } from '#config/password.ts'
import { translate } from '#messages/text.ts'

/** What the address asks for: where to go on, and with which code a provider sent somebody back. */
export type SignInProps = { searchParams: Promise<{ to?: string | string[]; error?: string | string[] }> }

/** `isNew`: makes an account. Whoever has one and is signed in goes on at once. */
export async function SignInPage({ isNew, searchParams }: SignInProps & { isNew: boolean }) {
  const { to: asked, error } = await searchParams
  const to = whereTo(asked)
  const { oidc } = readEnvironment()
  if (await optionalAccount()) redirect(to)
  return (
    <Page
      title={translate(isNew ? 'account.create' : 'account.signIn')}
      text={translate(isNew ? 'account.createText' : 'account.signInText')}
      width="form"
    >
      {oidc && <OidcButton name={oidc.name} to={to} error={[error].flat()[0] ?? null} />}
      <SignInForm isNew={isNew} to={to} passwordChars={PASSWORD_CHARS.min} />
      <p className="mt-6 text-ink-soft text-sm">
        {translate(isNew ? 'account.haveOne' : 'account.noneYet')}{' '}
        <TextLink href={withReturn(isNew ? '/sign-in' : '/sign-up', to)}>
          {translate(isNew ? 'account.signIn' : 'account.create')}
        </TextLink>
      </p>
    </Page>
  )
}
