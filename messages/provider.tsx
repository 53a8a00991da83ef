'use client'
import type { ReactNode } from 'react'
import { IntlProvider } from 'use-intl'
import type { Messages } from './text.ts'

export function TextProvider(props: { locale: string; messages: Messages; children: ReactNode }) {
  return (
    <IntlProvider locale={props.locale} messages={props.messages} timeZone="UTC">
      {props.children}
    </IntlProvider>
  )
}
