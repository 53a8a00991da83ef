/**
 * Sign-in, by better-auth. A guest is a user without an account. The site's address is whatever the request's Host says
 * (the front door keeps it), so that a laptop, a classroom's server and a proxy need no setting; only requests from that
 * same address count.
 */
import { betterAuth } from 'better-auth'
import { prismaAdapter } from 'better-auth/adapters/prisma'
import { APIError, createAuthMiddleware } from 'better-auth/api'
import { anonymous } from 'better-auth/plugins/anonymous'
import { genericOAuth } from 'better-auth/plugins/generic-oauth'
import type { AuditAction } from '#config/audit-actions.ts'
import type { Oidc } from '#config/environment.ts'
import { ERRORS } from '#config/errors.ts'
import { PASSWORD_CHARS } from '#config/password.ts'
import { RateLimit } from '#config/rate-limit.ts'
import type { OpenDatabase } from './database.ts'
import { linkGuest } from './link-guest.ts'
import type { SignInMethod } from './sign-in.ts'

/** A guest comes back to their progress after a term's break. */
const SIGN_IN_SECONDS = 180 * 24 * 3_600
const RENEW_AFTER_SECONDS = 24 * 3_600
/** A whole class behind one address signs in at once: bounds a flood of guests, not a lesson's first minute. */
const GUESTS_PER_WINDOW = { window: 10, max: 300 }
/** A password costs some 50 ms of a core to hash. All addresses share this: a class that signs in has room, a flood has an end. */
const PASSWORDS_PER_WINDOW = { window: 10, max: 100 }
const REQUESTS_PER_WINDOW = { window: 10, max: 3_000 }

/** Passwords tried with one address: a person mistypes some, a guesser gets three a minute, from wherever they ask. */
const TRIES = { burst: 10, refillMs: 20_000 }
const BY_ADDRESS: ReadonlySet<string> = new Set(['/sign-in/email', '/sign-up/email'])
/** Whoever has somebody's cookie has not their password. */
const BY_SIGN_IN: ReadonlySet<string> = new Set(['/change-password', '/verify-password'])
/** A guest is deleted when an account takes over what is theirs; by itself it would leave rooms and histories behind. */
const CLOSED: ReadonlySet<string> = new Set(['/delete-anonymous-user'])

const MAX_TRIED_CHARS = 300
const MAX_NAME_CHARS = 100

/** Instructors and others read it. Pictures nobody shows are not taken. */
function checkName(body: unknown): void {
  const { name = 'none', image } = (body ?? {}) as { name?: unknown; image?: unknown }
  const isName = typeof name === 'string' && name.trim() !== '' && name.length <= MAX_NAME_CHARS
  if (!isName || (image !== undefined && image !== null)) throw new APIError('BAD_REQUEST', { code: 'BAD_NAME' })
}

const METHODS: Record<string, SignInMethod> = {
  '/sign-in/anonymous': 'guest',
  '/sign-up/email': 'sign-up',
  '/sign-in/email': 'password',
  '/change-password': 'password-change',
}

/** The provider's redirect address is `<site>/api/auth/callback/oidc`. */
export const OIDC = 'oidc'

/** @param oidc a provider that people may sign in with, beside passwords */
export function createAuth(database: OpenDatabase, secret: string, oidc: Oidc | null = null) {
  const tries = new RateLimit(TRIES.burst, TRIES.refillMs)
  return betterAuth({
    appName: 'Kraftlab',
    secret,
    database: prismaAdapter(withSignInsAudited(database), { provider: 'sqlite', transaction: true }),
    emailAndPassword: {
      enabled: true,
      minPasswordLength: PASSWORD_CHARS.min,
      maxPasswordLength: PASSWORD_CHARS.max,
    },
    user: { additionalFields: { role: { type: 'string', input: false, defaultValue: 'learner' } } },
    databaseHooks: {
      session: {
        create: {
          before: async (session, context) => ({
            data: { ...session, method: METHODS[context?.path ?? ''] ?? 'oidc' },
          }),
        },
      },
    },
    hooks: {
      before: createAuthMiddleware(async ({ path, body, headers }) => {
        if (CLOSED.has(path)) throw new APIError('NOT_FOUND')
        const address = typeof body?.email === 'string' ? body.email.toLowerCase() : ''
        const tried = BY_ADDRESS.has(path) ? address : BY_SIGN_IN.has(path) ? headers?.get('cookie') : null
        if (typeof tried === 'string' && !tries.take(`${path} ${tried}`.slice(-MAX_TRIED_CHARS)))
          throw new APIError('TOO_MANY_REQUESTS', { code: 'TOO_MANY_TRIES', message: ERRORS.TOO_MANY_TRIES.message })
        checkName(body)
      }),
    },
    plugins: [
      anonymous({
        generateName: () => 'Guest',
        onLinkAccount: ({ anonymousUser, newUser }) => linkGuest(database, anonymousUser.user.id, newUser.user.id),
      }),
      ...(oidc ? [genericOAuth({ config: [providerOf(oidc)] })] : []),
    ],
    session: {
      expiresIn: SIGN_IN_SECONDS,
      updateAge: RENEW_AFTER_SECONDS,
      additionalFields: { method: { type: 'string', input: false, defaultValue: 'guest' } },
    },
    rateLimit: {
      enabled: true,
      ...REQUESTS_PER_WINDOW,
      storage: 'memory',
      customRules: {
        '/sign-in/anonymous': GUESTS_PER_WINDOW,
        '/sign-in/*': PASSWORDS_PER_WINDOW,
        '/sign-up/*': PASSWORDS_PER_WINDOW,
        '/change-password': PASSWORDS_PER_WINDOW,
      },
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
function providerOf({ issuer, clientId, clientSecret }: Oidc) {
  return {
    providerId: OIDC,
    discoveryUrl: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    // A provider that cannot prove what it says of people says nothing.
    requireIdTokenVerification: true,
    clientId,
    clientSecret,
    scopes: ['openid', 'profile', 'email'],
  }
}

export type Auth = ReturnType<typeof createAuth>

/**
 * better-auth writes sign-ins by itself, some in a transaction and some not: nested in the same write, the audit event is
 * there if and only if the sign-in is. Guests are nobody yet.
 */
function withSignInsAudited(database: OpenDatabase) {
  return database.$extends({
    query: {
      session: {
        create: ({ args, query }) => {
          const { userId, method } = args.data
          if (!userId || method === 'guest') return query(args)
          const action: AuditAction = 'signed-in'
          const event = { actorId: userId, action, details: { method: String(method) } }
          return query({ ...args, data: { ...args.data, auditEvents: { create: event } } })
        },
      },
    },
  })
}

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
