/** Interface text on the server. In client components use `useTranslations` of use-intl. */
import { createTranslator } from 'use-intl/core'
import en from './en.json'

export const LOCALE = 'en'
export const messages = en
export type Messages = typeof en

declare module 'use-intl' {
  interface AppConfig {
    Messages: Messages
  }
}

export const translate = createTranslator({ locale: LOCALE, messages: en })
