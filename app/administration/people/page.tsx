import type { Metadata } from 'next'
import { roleFor } from '#app/person.ts'
import { RoleSelect } from '#components/administration/role-select.tsx'
import { SearchForm } from '#components/administration/search-form.tsx'
import { Page } from '#components/site/page.tsx'
import { LocalTime } from '#components/ui/local-time.tsx'
import { Cell, HeadCell, Table } from '#components/ui/table.tsx'
import type { Role } from '#config/roles.ts'
import { database } from '#data/connection.ts'
import { findAccounts } from '#data/person.ts'
import { translate } from '#messages/text.ts'

type Props = { searchParams: Promise<{ text?: string | string[] }> }

const PAGE = 200

export const metadata: Metadata = { title: translate('administration.people') }

export default async function PeoplePage({ searchParams }: Props) {
  const person = await roleFor('/administration/people', 'administrator')
  const text = [(await searchParams).text ?? ''].flat()[0]!.slice(0, 100)
  const found = await findAccounts(database(), { text, limit: PAGE + 1 })
  const accounts = found.slice(0, PAGE)
  return (
    <Page
      title={translate('administration.people')}
      text={translate('administration.peopleText')}
      crumbs={[{ title: translate('administration.title') }, { title: translate('administration.people') }]}
      width="table"
    >
      <SearchForm text={text} label={translate('administration.search')} />
      <Table
        label={translate('administration.people')}
        head={
          <>
            <HeadCell>{translate('account.name')}</HeadCell>
            <HeadCell>{translate('account.email')}</HeadCell>
            <HeadCell>{translate('administration.since')}</HeadCell>
            <HeadCell>{translate('administration.role')}</HeadCell>
          </>
        }
      >
        {accounts.map(({ id, name, email, createdAt, role }) => (
          <tr key={id}>
            <Cell className="font-medium text-ink">{name}</Cell>
            <Cell>{email}</Cell>
            <Cell>
              <LocalTime at={createdAt.getTime()} dateOnly />
            </Cell>
            <Cell>
              <RoleSelect userId={id} name={name} role={role as Role} isSelf={id === person.userId} />
            </Cell>
          </tr>
        ))}
      </Table>
      {accounts.length === 0 && <p className="mt-6 text-ink-soft">{translate('administration.nobody', { text })}</p>}
      {found.length > PAGE && (
        <p className="mt-4 text-ink-quiet text-sm">{translate('administration.more', { count: PAGE })}</p>
      )}
    </Page>
  )
}
