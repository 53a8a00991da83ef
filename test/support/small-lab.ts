/** What the small labs of the engine's tests are made of. */
import { type Check, missing, passed } from '#labs/engine/define.ts'

export const HINTS = ['one', 'two', 'three'] as const
/** broker-1 answers. */
export const IS_UP: Check = {
  id: 'is-up',
  title: 'It is up',
  judge: ({ cluster }) => (cluster.nodes['broker-1']?.up ? passed('It is up.') : missing('It is down.')),
  hints: HINTS,
}
