/** The one place that reads `process.env`. A bad setting fails the start with one clear line. */
import { resolve } from 'node:path'
import { z } from 'zod'

const environment = z.object({
  PORT: z.coerce.number().int().min(1).max(65_535).default(3000),
  HOST: z.string().default('127.0.0.1'),
  /** what learners made: database, histories, secrets */
  KRAFTLAB_DATA: z.string().default('.data'),
  /** rooms at one time; left out: what the machine's memory holds */
  KRAFTLAB_MAX_ROOMS: z.coerce.number().int().min(1).max(1_000).optional(),
  /** a room ends after this long without a viewer or a keystroke */
  KRAFTLAB_IDLE_MINUTES: z.coerce.number().positive().default(30),
  /** 1: lab sessions may be assessed as a whole; set by `labs verify` for the server that it starts */
  KRAFTLAB_VERIFY: z.enum(['0', '1']).default('0'),
  /** sign-in by OpenID Connect, beside passwords: the provider's issuer, and what it gave this site as its client */
  KRAFTLAB_OIDC_ISSUER: z.url({ protocol: /^https?$/ }).optional(),
  KRAFTLAB_OIDC_CLIENT_ID: z.string().optional(),
  KRAFTLAB_OIDC_CLIENT_SECRET: z.string().optional(),
  /** on the button */
  KRAFTLAB_OIDC_NAME: z.string().max(60).default('single sign-on'),
  /** set by the supervisor for its children */
  KRAFTLAB_ROOT: z.string().optional(),
  KRAFTLAB_GATEWAY_PORT: z.coerce.number().int().optional(),
  KRAFTLAB_SITE_PORT: z.coerce.number().int().optional(),
})

export type Oidc = { issuer: string; clientId: string; clientSecret: string; name: string }

export type Environment = {
  root: string
  port: number
  host: string
  data: string
  maxRooms: number | null
  idleMs: number
  verify: boolean
  /** null: nobody signs in that way */
  oidc: Oidc | null
  gatewayPort: number | null
  sitePort: number | null
}

/** @throws Error whose message is one line naming the setting and what is wrong with it */
export function readEnvironment(from: NodeJS.ProcessEnv = process.env): Environment {
  const given = Object.fromEntries(Object.entries(from).filter(([, value]) => value !== ''))
  const parsed = environment.safeParse(given)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new Error(`${issue?.path.join('.')}=${given[String(issue?.path[0])]}: ${issue?.message}`)
  }
  const root = resolve(parsed.data.KRAFTLAB_ROOT ?? process.cwd())
  return {
    root,
    port: parsed.data.PORT,
    host: parsed.data.HOST,
    data: resolve(root, parsed.data.KRAFTLAB_DATA),
    maxRooms: parsed.data.KRAFTLAB_MAX_ROOMS ?? null,
    idleMs: parsed.data.KRAFTLAB_IDLE_MINUTES * 60_000,
    verify: parsed.data.KRAFTLAB_VERIFY === '1',
    oidc: oidcOf(parsed.data),
    gatewayPort: parsed.data.KRAFTLAB_GATEWAY_PORT ?? null,
    sitePort: parsed.data.KRAFTLAB_SITE_PORT ?? null,
  }
}

function oidcOf(given: z.infer<typeof environment>): Oidc | null {
  const { KRAFTLAB_OIDC_ISSUER: issuer, KRAFTLAB_OIDC_NAME: name } = given
  const { KRAFTLAB_OIDC_CLIENT_ID: clientId, KRAFTLAB_OIDC_CLIENT_SECRET: clientSecret } = given
  if (!issuer && !clientId && !clientSecret) return null
  if (issuer && clientId && clientSecret) return { issuer, clientId, clientSecret, name }
  const missing = Object.entries({ ISSUER: issuer, CLIENT_ID: clientId, CLIENT_SECRET: clientSecret })
  throw new Error(
    `KRAFTLAB_OIDC_${missing.find(([, value]) => !value)?.[0]} is not set: single sign-on needs all three`,
  )
}
