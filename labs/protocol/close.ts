/** Why the gateway closes a browser's WebSocket. Codes from 4000 on are an application's own (RFC 6455). */
export const CLOSE = {
  failed: 1_011,
  behind: 4_000,
  /** the sign-in is over */
  signedOut: 4_001,
  badMessage: 4_002,
  /** the right to look is over */
  notAllowed: 4_003,
} as const
