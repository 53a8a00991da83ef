/** What an account may do on the whole installation. Each has what the one before has. */
export const ROLES = ['learner', 'instructor', 'administrator'] as const
export type Role = (typeof ROLES)[number]

export const hasRole = (has: Role, atLeast: Role): boolean => ROLES.indexOf(has) >= ROLES.indexOf(atLeast)
