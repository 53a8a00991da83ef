import { Header } from '#components/site/header.tsx'
import { translate } from '#messages/text.ts'

export default function Loading() {
  return (
    <>
      <Header />
      <main id="content" className="mx-auto w-full max-w-6xl px-4 py-20 sm:px-6">
        <p role="status" className="text-ink-quiet text-sm">
          {translate('site.loading')}
        </p>
      </main>
    </>
  )
}
