'use client'
import { useTranslations } from 'use-intl'
import { join, newClass } from '#app/classes/actions.ts'
import { OneFieldForm } from './one-field-form.tsx'

/** A code with its hyphens and spaces. */
const CODE_CHARS = 40

/** Ways into a class: a code, and for those who may a new one. */
export function ClassForms({ mayMake }: { mayMake: boolean }) {
  const t = useTranslations('classes')
  return (
    <div className="mt-10 grid gap-10 sm:grid-cols-2">
      <OneFieldForm label={t('code')} help={t('codeHelp')} submit={t('join')} maxLength={CODE_CHARS} deed={join} />
      {mayMake && (
        <OneFieldForm label={t('newName')} help={t('newHelp')} submit={t('make')} maxLength={100} deed={newClass} />
      )}
    </div>
  )
}
