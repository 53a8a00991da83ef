/** The site's sign-in as a page calls it. */
import { createAuthClient } from 'better-auth/client'

export const authClient = createAuthClient()
