import type { Metadata } from 'next'
import Link from 'next/link'
import { accountFor } from '#app/person.ts'
import { ClassForms } from '#components/classes/class-forms.tsx'
import { Page } from '#components/site/page.tsx'
import { hasRole } from '#config/roles.ts'
import { findClassesOf } from '#data/class.ts'
import { database } from '#data/connection.ts'
import { translate } from '#messages/text.ts'

export const metadata: Metadata = { title: translate('classes.title') }

export default async function ClassesPage() {
  const person = await accountFor('/classes')
  const classes = await findClassesOf(database(), person.userId)
  const teaches = hasRole(person.role, 'instructor')
  return (
    <Page
      title={translate('classes.title')}
      text={translate(teaches ? 'classes.textTeaching' : 'classes.text')}
      width="text"
    >
      {classes.length === 0 ? (
        <p className="border-y py-8 text-ink-soft">{translate('classes.none')}</p>
      ) : (
        <ul className="divide-y border-y">
          {classes.map(({ id, name, role, waiting, learners, archivedAt }) => (
            <li key={id}>
              <Link
                href={`/classes/${id}`}
                className="group -mx-3 flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 rounded-lg px-3 py-4 outline-offset-[-2px] hover:bg-chrome"
              >
                <span className="font-medium text-ink group-hover:text-accent">{name}</span>
                <span className="flex gap-4 text-ink-quiet text-sm tabular-nums">
                  {archivedAt && <span>{translate('classes.archived')}</span>}
                  {role === 'instructor' && <span>{translate('classes.learners', { count: learners })}</span>}
                  <span>{translate(waiting ? 'classes.waiting' : `classes.as.${role}`)}</span>
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
      <ClassForms mayMake={teaches} />
    </Page>
  )
}
