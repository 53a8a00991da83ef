/** The site: Next's production server on a private port. Ends with the supervisor, whatever ended that. */
import { createServer } from 'node:http'
import next from 'next'
import { readEnvironment } from '#config/environment.ts'

const { root, sitePort } = readEnvironment()
if (sitePort === null) throw new Error('KRAFTLAB_SITE_PORT is set by the supervisor, which starts this')

const app = next({ dev: false, dir: root, hostname: '127.0.0.1', port: sitePort })
await app.prepare()
const handle = app.getRequestHandler()
const server = createServer((request, response) => void handle(request, response))
server.listen(sitePort, '127.0.0.1')

const end = () => process.exit(0)
process.on('disconnect', end)
process.on('SIGTERM', end)
