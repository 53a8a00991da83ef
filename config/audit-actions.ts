/** What the audit log tells of. Rows have these words: one that was used once is never renamed. */
export const AUDIT_ACTIONS = [
  'signed-in',
  'account-exported',
  'account-deleted',
  'administrator-made',
  'role-changed',
  'class-made',
  'class-changed',
  'class-archived',
  'join-link-renewed',
  'class-joined',
  'member-admitted',
  'member-removed',
  'instructor-added',
  'roster-imported',
  'roster-matched',
  'assigned',
  'assignment-changed',
  'assignment-removed',
  'grades-exported',
] as const
export type AuditAction = (typeof AUDIT_ACTIONS)[number]
