/** Tokens with which a program reads of one class: made and revoked by its instructors, kept as hashes. */
import { createHash, randomBytes } from 'node:crypto'
import type { ApiScope } from '#config/api-scopes.ts'
import { KraftlabError } from '#config/errors.ts'
import type { ApiToken } from '../generated/prisma/client.ts'
import { recordAuditEvent } from './audit-event.ts'
import { requireTeaching, requireTeachingNow } from './class-member.ts'
import type { Database, OpenDatabase } from './database.ts'
import type { Person } from './sign-in.ts'

export type { ApiToken }

/** Found by scanners for secrets that were committed by mistake. */
const PREFIX = 'kraftlab_'
const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')

export const scopesOf = ({ scopes }: ApiToken): ApiScope[] => scopes.split(' ') as ApiScope[]

/** Those of a class, newest first. */
export function findApiTokens(database: Database, classId: string) {
  return database.apiToken.findMany({
    where: { classId },
    include: { user: { select: { name: true } } },
    orderBy: { createdAt: 'desc' },
  })
}

/** @returns the token, which nobody can be told again. @throws KraftlabError as `requireTeachingNow` */
export async function makeApiToken(
  database: OpenDatabase,
  by: Person,
  classId: string,
  of: { name: string; scopes: ApiScope[]; expiresAt: Date },
): Promise<string> {
  const token = PREFIX + randomBytes(24).toString('base64url')
  const { name, expiresAt } = of
  await database.$transaction(async (within) => {
    await requireTeachingNow(within, by, classId)
    const scopes = of.scopes.join(' ')
    await within.apiToken.create({
      data: { classId, userId: by.userId, name, scopes, expiresAt, hash: hashOf(token) },
    })
    await recordAuditEvent(within, by, { action: 'token-made', classId, details: { name, scopes, expiresAt } })
  })
  return token
}

/** @throws KraftlabError as `requireTeaching`; NOT_FOUND where that class has no such token */
export async function revokeApiToken(database: OpenDatabase, by: Person, classId: string, id: string): Promise<void> {
  await database.$transaction(async (within) => {
    await requireTeaching(within, by, classId)
    const found = await within.apiToken.findFirst({ where: { id, classId } })
    if (!found) throw new KraftlabError('NOT_FOUND', 'There is no such token any more.')
    await within.apiToken.delete({ where: { id } })
    await recordAuditEvent(within, by, { action: 'token-revoked', classId, details: { name: found.name } })
  })
}

export function findOptionalApiToken(database: Database, token: string): Promise<ApiToken | null> {
  return database.apiToken.findUnique({ where: { hash: hashOf(token) } })
}

/**
 * Notes that a token was used. In the transaction of what it reads.
 * @param token as it came with the request
 * @throws KraftlabError BAD_TOKEN for one that is none, is over, or whose maker no longer teaches that class
 */
export async function useApiToken(within: Database, token: string): Promise<ApiToken> {
  const found = await findOptionalApiToken(within, token)
  const now = new Date()
  if (!found || found.expiresAt < now) throw new KraftlabError('BAD_TOKEN')
  await requireTeaching(within, found, found.classId).catch((error: unknown) => {
    throw error instanceof KraftlabError ? new KraftlabError('BAD_TOKEN') : error
  })
  return within.apiToken.update({ where: { id: found.id }, data: { lastUsedAt: now } })
}
