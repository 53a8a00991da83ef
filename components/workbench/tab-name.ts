import type { LabSessionState } from '#labs/protocol/live.ts'

type Terminal = LabSessionState['terminals'][number]

/** The host, and a number where it has several: "broker-1", "broker-1 · 2". */
export function tabName(terminal: Terminal, terminals: Terminal[]): string {
  const same = terminals.filter(({ host }) => host === terminal.host)
  const at = same.findIndex(({ id }) => id === terminal.id)
  return at > 0 ? `${terminal.host} · ${at + 1}` : terminal.host
}
