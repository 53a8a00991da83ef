import type { Metadata, Viewport } from 'next'
import { headers } from 'next/headers'
import { ThemeProvider } from 'next-themes'
import type { ReactNode } from 'react'
import { AccountProvider } from '#components/account/account-context.tsx'
import { TextProvider } from '#messages/provider.tsx'
import { LOCALE, messages, translate } from '#messages/text.ts'
import './globals.css'
import { optionalAccount } from './person.ts'

export const metadata: Metadata = {
  title: { default: translate('site.name'), template: `%s · ${translate('site.name')}` },
  description: translate('site.description'),
}
export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#ffffff' },
    { media: '(prefers-color-scheme: dark)', color: '#111318' },
  ],
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  // The nonce of proxy.ts, for the one inline script: next-themes' choice of theme before the first paint.
  const nonce = (await headers()).get('x-nonce') ?? undefined
  const person = await optionalAccount()
  const account = person && { name: person.name, email: person.email, role: person.role }
  return (
    <html lang={LOCALE} suppressHydrationWarning>
      <body className="flex min-h-dvh flex-col bg-page antialiased">
        <ThemeProvider attribute="class" defaultTheme="system" enableSystem disableTransitionOnChange nonce={nonce}>
          <TextProvider locale={LOCALE} messages={messages}>
            <a
              href="#content"
              className="sr-only z-50 rounded-md bg-accent px-4 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
            >
              {translate('site.skip')}
            </a>
            <AccountProvider account={account}>{children}</AccountProvider>
          </TextProvider>
        </ThemeProvider>
      </body>
    </html>
  )
}
