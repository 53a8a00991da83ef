/** The switch's last line to a gateway whose place another has taken: it is to leave the room alone. Not for others. */
export const REPLACED = { type: 'replaced' } as const

export const isReplaced = (line: unknown): boolean =>
  typeof line === 'object' && line !== null && 'type' in line && line.type === REPLACED.type
