import Link from 'next/link'
import { Page } from '#components/site/page.tsx'
import { buttonVariants } from '#components/ui/button.tsx'
import { translate } from '#messages/text.ts'

export default function Forbidden() {
  return (
    <Page title={translate('forbidden.title')} text={translate('forbidden.text')} width="text">
      <Link href="/" className={buttonVariants({ variant: 'primary' })}>
        {translate('notFound.home')}
      </Link>
    </Page>
  )
}
