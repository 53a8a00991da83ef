/** `npm start`: all set-up that is missing, then Kraftlab. */
import { createServer } from 'node:net'
import { join } from 'node:path'
import { main, setUp } from './setup/index.mjs'
import { SetupError } from './setup/stage.mjs'

await main('kraftlab', async () => {
  await checkPort(Number(process.env.PORT || 3000), process.env.HOST || '127.0.0.1')
  // the database is the supervisor's: it belongs to the data folder, not to the clone
  const { root } = await setUp({ data: null })
  process.env.KRAFTLAB_ROOT = root
  await import(join(root, 'dist/supervisor.mjs'))
})

/** The supervisor finds this out too, but after minutes of set-up in a fresh clone. A wrong number is left to it. */
function checkPort(port, host) {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error) => {
      if (error.code !== 'EADDRINUSE') return resolve()
      reject(new SetupError(`port ${port} is in use: stop what uses it, or set PORT to another`))
    })
    server.listen(port, host, () => server.close(resolve))
  })
}
