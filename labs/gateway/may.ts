/** Who may send which message of labs/protocol/live.ts. Asked before anything is done. */
import { KraftlabError } from '#config/errors.ts'
import type { ToGateway } from '#labs/protocol/live.ts'
import type { Watchers } from './watchers.ts'

/** watching: both; an instructor while they watch. typing: both; an instructor whom the learner lets type. */
type Who = 'learner' | 'instructor' | 'both' | 'watching' | 'typing'

export const MAY: Record<ToGateway['type'], Who> = {
  'terminal.open': 'learner',
  'terminal.close': 'learner',
  'terminal.attach': 'watching',
  'terminal.detach': 'both',
  'terminal.input': 'typing',
  // The learner's window decides.
  'terminal.resize': 'learner',
  'terminal.acknowledge': 'both',
  'terminal.visible': 'both',
  'terminal.run': 'learner',
  answer: 'learner',
  hint: 'learner',
  solution: 'learner',
  'step.reset': 'learner',
  'step.reset.cancel': 'learner',
  fault: 'learner',
  try: 'learner',
  look: 'both',
  predict: 'learner',
  'log.read': 'both',
  'state.read': 'both',
  'state.compare': 'both',
  'state.prove': 'both',
  change: 'both',
  'facts.look': 'both',
  'files.list': 'watching',
  'file.read': 'watching',
  'file.save': 'learner',
  active: 'learner',
  help: 'learner',
  'watcher.allow': 'learner',
  watch: 'instructor',
  'watch.ask': 'instructor',
  note: 'instructor',
  extend: 'instructor',
  reset: 'instructor',
}

/** @param name of the browser, as a watcher. @throws KraftlabError NOT_ALLOWED */
export function requireMay(
  part: 'learner' | 'instructor',
  type: ToGateway['type'],
  watchers: Watchers,
  name: string,
): void {
  const who = MAY[type]
  if (who === 'both' || who === part) return
  if (who === 'watching' && (part === 'learner' || watchers.isWatching(name))) return
  if (who === 'typing' && (part === 'learner' || watchers.mayType(name))) return
  throw new KraftlabError('NOT_ALLOWED', part === 'learner' ? FOR_INSTRUCTORS : (FOR_THE_LEARNER[who] ?? THE_LEARNERS))
}

const FOR_INSTRUCTORS = 'That is for the instructors of your class.'
const THE_LEARNERS = 'That is for the learner to do.'
const FOR_THE_LEARNER: Partial<Record<Who, string>> = {
  watching: 'Watch the terminals first: the learner is told of it.',
  typing: 'The learner has not let you type.',
}
