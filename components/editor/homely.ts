import { HOME } from '#labs/protocol/files.ts'

/** As a shell writes it: /home/learner/clients → ~/clients */
export const homely = (path: string): string => (path.startsWith(`${HOME}/`) ? `~${path.slice(HOME.length)}` : path)
