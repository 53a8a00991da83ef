'use server'
/** What administrators do. */
import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { type Answer, answerTo } from '#app/answers.ts'
import { readEnvironment } from '#config/environment.ts'
import { ROLES } from '#config/roles.ts'
import { changeRole, makeFirstAdministrator } from '#data/administration.ts'
import { database } from '#data/connection.ts'
import { readSecrets } from '#data/secrets.ts'

export async function giveRole(userId: string, role: string): Promise<Answer> {
  return answerTo('administrator', async (person) => {
    await changeRole(database(), person, z.string().max(100).parse(userId), z.enum(ROLES).parse(role))
    revalidatePath('/administration/people')
  })
}

export async function becomeFirstAdministrator(token: string): Promise<Answer> {
  return answerTo('learner', (person) =>
    makeFirstAdministrator(database(), readSecrets(readEnvironment().data), person, z.string().max(200).parse(token)),
  )
}
