import { translate } from '#messages/text.ts'

export function Footer() {
  return (
    <footer className="mt-auto border-t">
      <p className="mx-auto w-full max-w-6xl px-4 py-6 text-[13px] text-ink-quiet leading-relaxed sm:px-6">
        {translate('site.footer')}
      </p>
    </footer>
  )
}
