import type { Metadata } from 'next'
import { translate } from '#messages/text.ts'
import { SignInPage, type SignInProps } from './sign-in-page.tsx'

export const metadata: Metadata = { title: translate('account.signIn') }

export default function Page(props: SignInProps) {
  return <SignInPage isNew={false} {...props} />
}
