import { randomBytes } from 'node:crypto'
import { type NextRequest, NextResponse } from 'next/server'
import { isPage } from '#lessons/course.ts'

const COURSES = /^\/courses\/(?<course>[^/]+)(\/(?<module>[^/]+)(\/(?<lesson>[^/]+))?)?$/
/** No page has this address, so that Next answers with app/not-found.tsx. */
const NOWHERE = '/nowhere'

/**
 * A content security policy with a fresh nonce a page: scripts run only if the server wrote them. Styles allow inline
 * ones because xterm.js and shiki set them at run time, which no nonce can reach. In development React needs eval.
 * What is not there is sent elsewhere at once: of a page that finds that out by itself Next's server renders nothing.
 */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const nonce = randomBytes(16).toString('base64')
  const evaluate = process.env.NODE_ENV === 'development' ? " 'unsafe-eval'" : ''
  const policy = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${evaluate}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self' ws: wss:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
  const headers = new Headers(request.headers)
  headers.set('x-nonce', nonce)
  headers.set('Content-Security-Policy', policy)
  const at = COURSES.exec(request.nextUrl.pathname)?.groups as { course: string } | undefined
  const response =
    at && !(await isPage(at))
      ? NextResponse.rewrite(new URL(NOWHERE, request.url), { request: { headers } })
      : NextResponse.next({ request: { headers } })
  response.headers.set('Content-Security-Policy', policy)
  return response
}

export const config = {
  matcher: [
    {
      source: '/((?!api|_next/static|_next/image|icon.svg).*)',
      missing: [
        { type: 'header', key: 'next-router-prefetch' },
        { type: 'header', key: 'purpose', value: 'prefetch' },
      ],
    },
  ],
}
