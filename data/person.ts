/** People with an account, and guests: who they are and what they may do. */
import type { Role } from '#config/roles.ts'
import type { User } from '../generated/prisma/client.ts'
import type { Database } from './database.ts'

export type { User }

/** @throws Prisma's P2025 where there is none */
export function findUser(database: Database, id: string): Promise<User> {
  return database.user.findUniqueOrThrow({ where: { id } })
}

/** Accounts whose name or address has this text, without guests; by name. */
export function findAccounts(database: Database, { text = '', limit }: { text?: string; limit: number }) {
  const contains = text.trim()
  return database.user.findMany({
    where: {
      isAnonymous: false,
      ...(contains ? { OR: [{ name: { contains } }, { email: { contains } }] } : {}),
    },
    orderBy: [{ name: 'asc' }, { email: 'asc' }],
    take: limit,
  })
}

export function countAdministrators(database: Database): Promise<number> {
  return database.user.count({ where: { role: 'administrator' satisfies Role } })
}

export async function setRole(database: Database, id: string, role: Role): Promise<void> {
  await database.user.update({ where: { id }, data: { role } })
}

/** id → name, of those that are still there. */
export async function findNames(database: Database, ids: string[]): Promise<Record<string, string>> {
  const rows = await database.user.findMany({
    where: { id: { in: [...new Set(ids)] } },
    select: { id: true, name: true },
  })
  return Object.fromEntries(rows.map(({ id, name }) => [id, name]))
}
