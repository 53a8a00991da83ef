/** The one address that browsers see: `/gateway/*` goes to the gateway, `/api/health` is answered here, the rest is the site's. */
import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { createProxyServer } from 'httpxy'
import type { Child } from './child.ts'
import type { Health } from './health.ts'

const GATEWAY = /^\/gateway(\/|\?|$)/
const HEALTH = /^\/api\/health\/?(\?|$)/
/** How soon a page that found a part restarting tries again. */
const RETRY_SECONDS = 2
/**
 * A connection a request. One that is kept is closed by a part once it has been idle for 5 s; a part that was busy
 * around then closes it with a request already on it, which was never read.
 */
const agent = new Agent({ keepAlive: false })

export function createFrontDoor(children: { gateway: Child; site: Child }, health: () => Promise<Health>): Server {
  // the Host header stays as the browser sent it: sign-in and Origin checks need it
  const proxy = createProxyServer({ changeOrigin: false })
  const partFor = (url: string) => (GATEWAY.test(url) ? children.gateway : children.site)

  const server = createServer((request, response) => {
    const url = request.url ?? '/'
    if (HEALTH.test(url)) {
      void answerHealth(health, response)
      return
    }
    const part = partFor(url)
    if (!part.running) {
      sorry(request, response, 503)
      return
    }
    proxy.web(request, response, { target: part.address, agent }).catch(() => sorry(request, response, 502))
  })

  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const url = request.url ?? '/'
    // only the gateway has live streams
    if (!GATEWAY.test(url) || !children.gateway.running) {
      const status = GATEWAY.test(url) ? '503 Service Unavailable' : '404 Not Found'
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    proxy.ws(request, socket, { target: children.gateway.address }, head).catch(() => {
      // the gateway is gone or refused; its own refusal may still be on its way
      if (!socket.writableEnded) socket.destroySoon()
    })
  })
  return server
}

async function answerHealth(health: () => Promise<Health>, response: ServerResponse) {
  const seen = await health()
  response.writeHead(seen.status === 'ok' ? 200 : 503, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
  })
  response.end(`${JSON.stringify(seen)}\n`)
}

function sorry(request: IncomingMessage, response: ServerResponse, status: number) {
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return
  }
  const headers = { 'retry-after': String(RETRY_SECONDS), 'cache-control': 'no-store' }
  if (!request.headers.accept?.includes('text/html')) {
    response.writeHead(status, { ...headers, 'content-type': 'application/json' })
    response.end(
      JSON.stringify({ code: 'UNAVAILABLE', message: 'Kraftlab is starting or busy. Try again in a moment.' }),
    )
    return
  }
  response.writeHead(status, { ...headers, 'content-type': 'text/html; charset=utf-8' })
  response.end(PAGE)
}

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="${RETRY_SECONDS}">
<title>Kraftlab is starting</title>
<style>
:root { color-scheme: light dark }
body { font: 16px/1.6 system-ui, sans-serif; display: grid; place-content: center; min-height: 100vh; margin: 0; padding: 1rem }
main { max-width: 34rem }
</style>
</head>
<body>
<main>
<h1>Kraftlab is starting</h1>
<p>A part of it is being started again. This page tries again every ${RETRY_SECONDS} seconds; your room and your progress are kept.</p>
</main>
</body>
</html>
`

/** @throws Error of the socket, such as EADDRINUSE */
export function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
