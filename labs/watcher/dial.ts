import type { Duplex } from 'node:stream'
import { within } from './clock.ts'
import type { Surroundings } from './room.ts'

/** A connection inside a host's network namespace. @throws Error where there is none in time; one that comes later is ended */
export async function dialWithin(
  { dial }: Pick<Surroundings, 'dial'>,
  to: { host: string; address: string; port: number },
  timeoutMs: number,
): Promise<Duplex> {
  const dialled = dial(to.host, to.address, to.port)
  try {
    return await within(timeoutMs, `a connection to ${to.host}:${to.port}`, dialled)
  } catch (error) {
    void dialled.then(
      (late) => late.on('error', () => undefined).destroy(),
      () => undefined,
    )
    throw error
  }
}
