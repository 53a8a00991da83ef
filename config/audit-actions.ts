/** What the audit log tells of. Rows have these words: one that was used once is never renamed. */
export const AUDIT_ACTIONS = [
  'signed-in',
  'account-exported',
  'account-deleted',
  'administrator-made',
  'role-changed',
] as const
export type AuditAction = (typeof AUDIT_ACTIONS)[number]
