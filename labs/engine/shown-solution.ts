/** A step's solution as a person reads it: what solution.ts has as data, with what depends on the cluster read off it now. */
import type { LabSessionState, ShownAction } from '#labs/protocol/live.ts'
import type { Action, Shown, Told } from './solution.ts'

export function shownActions(actions: Action[], see: LabSessionState): ShownAction[] {
  const told = <Value>(what: Told<Value>): Value | null => {
    if (typeof what !== 'function') return what
    try {
      return (what as (see: LabSessionState) => Value)(see)
    } catch {
      // It asks for what is not there yet: the steps before it bring it about.
      return null
    }
  }
  return actions.map((action) => shownAction(action, told, see))
}

type Tell = <Value>(what: Told<Value>) => Value | null

function shownAction(action: Action, told: Tell, see: LabSessionState): ShownAction {
  switch (action.do) {
    case 'run':
      return { do: 'run', command: commandOf(action.command, told), stays: !action.wait, ...where(action, told, see) }
    case 'keys':
      return { do: 'keys', keys: action.keys, ...where(action, told, see) }
    case 'shows':
      return { do: 'shows', text: action.text.source, ...where(action, told, see) }
    case 'answer':
    case 'predict':
      return isShown(action.given)
        ? { do: action.do, given: null, readFrom: told(action.given.host) }
        : { do: action.do, given: told(action.given), readFrom: null }
    case 'try':
      return { do: 'try', title: titleOf(action.check, see) }
    case 'edit':
      return { do: 'edit', path: action.path, ...action.change }
    case 'fault':
      return { do: 'fault', fault: told(action.fault) }
    case 'wait':
      return { do: 'wait', what: action.what }
  }
}

const commandOf = (command: Told<string> | Shown, told: Tell): string | null =>
  isShown(command) ? (command.as ?? null) : told(command)

const titleOf = (check: string, { steps }: LabSessionState): string =>
  steps.flatMap(({ checks }) => checks).find(({ id }) => id === check)?.title ?? check

const isShown = (given: Told<string> | Shown): given is Shown => typeof given === 'object'

function where(
  { host, terminal }: { host?: Told<string>; terminal?: string },
  told: Tell,
  see: LabSessionState,
): { host: string | null; terminal: string | null } {
  return { host: host === undefined ? (see.hosts[0] ?? null) : told(host), terminal: terminal ?? null }
}
