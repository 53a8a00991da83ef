import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { missing } from '#labs/engine/define.ts'
import { LabSession } from '#labs/engine/lab-session.ts'
import { serveBrowser } from '#labs/gateway/live.ts'
import { LiveLabSession } from '#labs/gateway/live-lab-session.ts'
import { CLOSE } from '#labs/protocol/close.ts'
import { temporaryFolder } from '../../support/temporary.ts'
import { labOf } from '../../support/told.ts'

/** @returns what a browser sees of a lab session whose states from the given one on cannot be written out */
async function browser(failsAt: number) {
  const file = join(await temporaryFolder(), 'history.ndjson')
  const lab = labOf({ never: () => missing('Never.') })
  const session = await LabSession.open({ id: 's', lab, learner: 'ada', file })
  class Failing extends LiveLabSession {
    private states = 0
    override stateMessage(): string {
      if (++this.states >= failsAt) throw new Error('the state is broken')
      return super.stateMessage()
    }
  }
  const live = new Failing(session, 'ada', new Set())
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    await live.close()
  })
  const left = new Promise<void>((resolve) => {
    server.on('connection', (socket) =>
      serveBrowser(socket, live, { is: 'learner', resetTo: async () => {} }, async () => null, resolve),
    )
  })
  const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const closed = once(socket, 'close') as Promise<[number]>
  return { live, socket, closed, left }
}

test.each([1, 2])('state %i cannot be written out: this browser is closed, and nothing else', async (failsAt) => {
  const { live, socket, closed, left } = await browser(failsAt)
  if (failsAt > 1) {
    await once(socket, 'message')
    live.endedEarlier('It has ended.')
  }
  expect((await closed)[0]).toBe(CLOSE.failed)
  await left
  expect(live.browsers).toBe(0)
})
