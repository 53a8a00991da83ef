/** A real OpenID Connect provider on the loopback, which lets anybody in who gives a name. */
import type { Server } from 'node:http'
import { freePort } from '#supervisor/process.ts'

export type OidcProvider = { issuer: string; clientId: string; clientSecret: string; close(): Promise<void> }

/** @param site whose sign-in it serves. @param account login → what it says of that person */
export async function startOidcProvider(
  site: string,
  account: (login: string) => { name: string; email: string; email_verified: boolean },
): Promise<OidcProvider> {
  // It warns of what is not for production: its keys and its memory, which suit a test.
  const { default: Provider } = await import('oidc-provider')
  const issuer = `http://localhost:${await freePort()}`
  const [clientId, clientSecret] = ['kraftlab', 'a secret of this test']
  const provider = new Provider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [`${site}/api/auth/callback/oidc`] }],
    claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    findAccount: (_: unknown, login: string) => ({
      accountId: login,
      claims: async () => ({ sub: login, ...account(login) }),
    }),
  })
  const server: Server = provider.listen(Number(new URL(issuer).port))
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { issuer, clientId, clientSecret, close }
}
