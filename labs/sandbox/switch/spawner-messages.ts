/** What a spawner says, checked: it has the learner's rights. */
import { z } from 'zod'
import type { FromSpawner } from '../spawner/protocol.ts'

export const fromSpawner: z.ZodType<FromSpawner> = z.discriminatedUnion('event', [
  z.object({ event: z.literal('ready') }),
  z.object({ event: z.literal('pong') }),
  z.object({ event: z.literal('started'), id: z.string() }),
  z.object({ event: z.literal('failed'), id: z.string(), why: z.string() }),
  z.object({ event: z.literal('output'), id: z.string(), stream: z.enum(['stdout', 'stderr']), data: z.string() }),
  z.object({ event: z.literal('exit'), id: z.string(), status: z.number().int() }),
])
