/** `npm run setup`: the set-up alone. */
import { main, setUp } from './setup/index.mjs'

await main('setup', async () => {
  const started = Date.now()
  const { root } = await setUp()
  process.stderr.write(`setup: all is in place in ${root} (${((Date.now() - started) / 1000).toFixed(1)} s)\n`)
})
