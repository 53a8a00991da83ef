import type { Metadata } from 'next'
import { roleFor } from '#app/person.ts'
import { ActionFilter } from '#components/administration/action-filter.tsx'
import { Page } from '#components/site/page.tsx'
import { LocalTime } from '#components/ui/local-time.tsx'
import { Cell, HeadCell, Table } from '#components/ui/table.tsx'
import { TextLink } from '#components/ui/text-link.tsx'
import { AUDIT_ACTIONS, type AuditAction } from '#config/audit-actions.ts'
import { findAuditEvents } from '#data/audit-event.ts'
import { database } from '#data/connection.ts'
import { findNames } from '#data/person.ts'
import { translate } from '#messages/text.ts'

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

const PAGE = 100

export const metadata: Metadata = { title: translate('administration.audit') }

export default async function AuditPage({ searchParams }: Props) {
  await roleFor('/administration/audit', 'administrator')
  const asked = await searchParams
  const action = AUDIT_ACTIONS.find((one) => one === asked.action)
  const before = typeof asked.before === 'string' ? asked.before : undefined
  const found = await findAuditEvents(database(), {
    ...(action ? { action } : {}),
    ...(before ? { before } : {}),
    limit: PAGE + 1,
  })
  const events = found.slice(0, PAGE)
  const names = await findNames(
    database(),
    events.flatMap(({ actorId, subjectId }) => [actorId, subjectId].filter((id) => id !== null)),
  )
  const nameOf = (id: string | null) =>
    id === null ? '' : (names[id] ?? translate('administration.gone', { id: id.slice(0, 6) }))
  const last = events.at(-1)
  return (
    <Page
      title={translate('administration.audit')}
      text={translate('administration.auditText')}
      crumbs={[{ title: translate('administration.title') }, { title: translate('administration.audit') }]}
      width="table"
    >
      <ActionFilter action={action ?? ''} />
      <Table
        label={translate('administration.audit')}
        head={
          <>
            <HeadCell>{translate('administration.when')}</HeadCell>
            <HeadCell>{translate('administration.who')}</HeadCell>
            <HeadCell>{translate('administration.what')}</HeadCell>
            <HeadCell>{translate('administration.whom')}</HeadCell>
            <HeadCell>{translate('administration.details')}</HeadCell>
          </>
        }
      >
        {events.map(({ id, at, actorId, action, subjectId, details }) => (
          <tr key={id}>
            <Cell className="tabular-nums">
              <LocalTime at={at.getTime()} />
            </Cell>
            <Cell className="font-medium text-ink">{nameOf(actorId)}</Cell>
            <Cell>{translate(`audit.${action as AuditAction}`)}</Cell>
            <Cell>{nameOf(subjectId)}</Cell>
            <Cell>{detailsOf(details)}</Cell>
          </tr>
        ))}
      </Table>
      {events.length === 0 && <p className="mt-6 text-ink-soft">{translate('administration.noEvents')}</p>}
      {found.length > PAGE && last && (
        <p className="mt-5 text-sm">
          <TextLink href={{ query: { ...(action ? { action } : {}), before: last.id } }}>
            {translate('administration.older')}
          </TextLink>
        </p>
      )}
    </Page>
  )
}

/** Names and values as they were written down. */
const detailsOf = (details: unknown): string =>
  Object.entries(details as Record<string, unknown>)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ')
