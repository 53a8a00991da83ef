/** What a page asks of the gateway by itself, and when. */
import { expect, test, vi } from 'vitest'
import { LiveClient } from '#components/workbench/live-client.ts'
import type { ToBrowser, ToGateway } from '#labs/protocol/live.ts'

class FakeSocket {
  static readonly OPEN = 1
  static last: FakeSocket
  readyState = 0
  readonly sent: ToGateway[] = []
  onopen = () => {}
  onmessage = (_: { data: string }) => {}
  constructor() {
    FakeSocket.last = this
  }
  send = (data: string) => void this.sent.push(JSON.parse(data))
  close = () => {}
  open(): void {
    this.readyState = FakeSocket.OPEN
    this.onopen()
  }
  tell = (message: ToBrowser) => this.onmessage({ data: JSON.stringify(message) })
  told = () => this.sent.splice(0).map(({ type }) => type)
}

function connect(taughtIn: string | null): { client: LiveClient; socket: FakeSocket } {
  vi.stubGlobal('WebSocket', FakeSocket)
  vi.stubGlobal('location', new URL('http://localhost:3000/'))
  vi.stubGlobal('sessionStorage', { length: 0, key: () => null, getItem: () => null, removeItem: () => {} })
  const client = new LiveClient(taughtIn)
  client.connect('s1')
  client.editor.look(true)
  const socket = FakeSocket.last
  socket.open()
  return { client, socket }
}

test('the files are listed when a connection is there; an instructor has to watch first, as they do in terminals', () => {
  expect(connect(null).socket.told()).toContain('files.list')
  const { socket } = connect('ONE')
  expect(socket.told()).not.toContain('files.list')
  socket.tell({ type: 'watching', watcher: 'w' })
  expect(socket.told()).toEqual(['files.list'])
  socket.tell({ type: 'watching', watcher: null })
  expect(socket.told()).toEqual([])
  vi.unstubAllGlobals()
})
