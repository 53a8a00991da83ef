import type { ReactNode } from 'react'
import { Page } from '#components/site/page.tsx'
import { Notice } from '#components/ui/notice.tsx'
import { translate } from '#messages/text.ts'
import { ClassTabs } from './class-tabs.tsx'

/** A page of a class for its instructors. */
export function ClassPage(props: {
  shown: { id: string; name: string; archivedAt: Date | null }
  actions?: ReactNode
  width?: 'table' | 'board'
  children: ReactNode
}) {
  const { id, name, archivedAt } = props.shown
  return (
    <Page
      title={name}
      crumbs={[{ title: translate('classes.title'), href: '/classes' }, { title: name }]}
      width={props.width ?? 'table'}
      actions={props.actions}
    >
      <ClassTabs classId={id} />
      {archivedAt && (
        <Notice tone="good" className="mt-6">
          {translate('classes.archivedText')}
        </Notice>
      )}
      <div className="mt-8">{props.children}</div>
    </Page>
  )
}
