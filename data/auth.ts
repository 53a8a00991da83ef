/**
 * Sign-in, by better-auth. A guest is a user without an account. The site's address is whatever the request's Host says
 * (the front door keeps it), so that a laptop, a classroom's server and a proxy need no setting; only requests from that
 * same address count.
 */
import { betterAuth } from 'better-auth'
import { prismaAdapter } from 'better-auth/adapters/prisma'
import { anonymous } from 'better-auth/plugins/anonymous'
import type { OpenDatabase } from './database.ts'
import { linkGuest } from './link-guest.ts'

/** A guest comes back to their progress after a term's break. */
const SIGN_IN_SECONDS = 180 * 24 * 3_600
const RENEW_AFTER_SECONDS = 24 * 3_600
/** A whole class behind one address signs in at once: bounds a flood of guests, not a lesson's first minute. */
const GUESTS_PER_WINDOW = { window: 10, max: 300 }
const REQUESTS_PER_WINDOW = { window: 10, max: 3_000 }

export function createAuth(database: OpenDatabase, secret: string) {
  return betterAuth({
    appName: 'Kraftlab',
    secret,
    database: prismaAdapter(database, { provider: 'sqlite', transaction: true }),
    plugins: [
      anonymous({
        generateName: () => 'Guest',
        onLinkAccount: ({ anonymousUser, newUser }) => linkGuest(database, anonymousUser.user.id, newUser.user.id),
      }),
    ],
    session: { expiresIn: SIGN_IN_SECONDS, updateAge: RENEW_AFTER_SECONDS },
    rateLimit: {
      enabled: true,
      ...REQUESTS_PER_WINDOW,
      storage: 'memory',
      customRules: { '/sign-in/anonymous': GUESTS_PER_WINDOW },
    },
    trustedOrigins: (request) => originsOf(request?.headers.get('host')),
    telemetry: { enabled: false },
    logger: { level: 'error' },
    advanced: {
      cookiePrefix: 'kraftlab',
      // better-auth leaves it out where it believes to be tested: tests see what browsers see.
      disableOriginCheck: false,
      // Kraftlab itself speaks HTTP; over plain HTTP a browser drops a secure cookie.
      useSecureCookies: false,
      // The front door passes on what a client says of its address: nothing is counted or kept by it.
      ipAddress: { ipAddressHeaders: [] },
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path: '/' },
    },
  })
}
export type Auth = ReturnType<typeof createAuth>

/**
 * better-auth reads the site's address from the URL of the request, which behind the front door names a private port.
 * @returns the same request at the address that the browser sees
 */
export function asSeenByBrowser(request: Request): Request {
  const host = request.headers.get('host')
  if (!host) return request
  const url = new URL(request.url)
  return new Request(`http://${host}${url.pathname}${url.search}`, request)
}

const originsOf = (host: string | null | undefined): string[] => (host ? [`http://${host}`, `https://${host}`] : [])
