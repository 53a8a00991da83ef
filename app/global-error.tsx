'use client'
import en from '#messages/en.json'
import './globals.css'

/** In place of everything, so it leans on nothing. */
export default function GlobalError({ reset }: { reset: () => void }) {
  return (
    <html lang="en">
      <body className="mx-auto max-w-3xl bg-page px-6 py-20 text-ink">
        <main>
          <h1 className="font-semibold text-3xl tracking-tight">{en.error.title}</h1>
          <p className="mt-3 text-ink-soft">{en.error.text}</p>
          <button
            type="button"
            onClick={reset}
            className="mt-8 h-9 rounded-md bg-accent px-4 font-medium text-on-accent text-sm"
          >
            {en.error.again}
          </button>
        </main>
      </body>
    </html>
  )
}
