import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { Stream } from '#labs/gateway/stream.ts'
import { CLOSE } from '#labs/protocol/close.ts'

test('what a browser still sends to a stream that was dropped is not heard, and it is cut off if it does not close', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const heard: string[] = []
  const closed = new Promise<void>((resolve) => {
    server.on('connection', (socket) => {
      const stream: Stream = new Stream(socket, {
        message: (data) => {
          heard.push(String(data))
          stream.drop(CLOSE.notAllowed, 'not allowed')
        },
        closed: resolve,
        allowed: async () => null,
      })
    })
  })
  const browser = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(() => browser.terminate())
  await once(browser, 'open')
  browser.send('one')
  browser.send('two')
  // It reads nothing any more, and so answers no close.
  browser.pause()
  await closed
  expect(heard).toEqual(['one'])
})
