/** A class: who may join it and how, and when somebody in it counts as stuck. */
import { randomInt } from 'node:crypto'
import type { Class } from '../generated/prisma/client.ts'
import type { Database } from './database.ts'

export type { Class }

/** Read out and typed by hand: no letter looks like another or like a digit (Crockford's base 32). */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** 50 bits: guessing a code of a thousand classes takes 10^12 tries. */
const CODE_CHARS = 10

export const newJoinCode = (): string =>
  Array.from({ length: CODE_CHARS }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')

/** What somebody typed, as codes are kept. */
export const normalJoinCode = (typed: string): string =>
  typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1')

export function findOptionalClass(database: Database, id: string): Promise<Class | null> {
  return database.class.findUnique({ where: { id } })
}

export function findOptionalClassByCode(database: Database, typed: string): Promise<Class | null> {
  return database.class.findUnique({ where: { joinCode: normalJoinCode(typed) } })
}

/** Those of a person, with their part in each; newest first. */
export async function findClassesOf(database: Database, userId: string) {
  const rows = await database.classMember.findMany({
    where: { userId },
    include: {
      class: { include: { _count: { select: { members: { where: { role: 'learner', waiting: false } } } } } },
    },
    orderBy: { class: { createdAt: 'desc' } },
  })
  return rows.map(({ role, waiting, class: { _count, ...one } }) => ({
    ...one,
    role: role as 'learner' | 'instructor',
    waiting,
    learners: _count.members,
  }))
}

export const isJoinable = ({ archivedAt, joinOpen, joinUntil }: Class, now: Date): boolean =>
  archivedAt === null && joinOpen && (joinUntil === null || joinUntil > now)
