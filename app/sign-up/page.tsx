import type { Metadata } from 'next'
import { SignInPage, type SignInProps } from '#app/sign-in/sign-in-page.tsx'
import { translate } from '#messages/text.ts'

export const metadata: Metadata = { title: translate('account.create') }

export default function Page(props: SignInProps) {
  return <SignInPage isNew {...props} />
}
