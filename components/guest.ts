'use client'
import { anonymousClient } from 'better-auth/client/plugins'
import { createAuthClient } from 'better-auth/react'

const auth = createAuthClient({ plugins: [anonymousClient()] })
let pending: Promise<void> | null = null

/**
 * A guest has a name only once there is something to remember: a lab, an answer, a finished lesson. Does nothing for
 * somebody who is signed in.
 * @throws Error with a sentence for the learner
 */
export function signInAsGuest(): Promise<void> {
  pending ??= signIn().finally(() => {
    pending = null
  })
  return pending
}

async function signIn(): Promise<void> {
  const { data } = await auth.getSession()
  if (data) return
  const { error } = await auth.signIn.anonymous()
  if (error) throw new Error(error.message ?? '')
}
