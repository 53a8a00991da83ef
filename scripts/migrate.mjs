/** `node scripts/migrate.mjs DATA_DIR`: brings the database of that data folder to this version, making it if needed. */
import { resolve } from 'node:path'
import { migrations } from './setup/database.mjs'
import { main, ROOT } from './setup/index.mjs'
import { runStages, SetupError } from './setup/stage.mjs'

await main('migrate', async () => {
  const [data] = process.argv.slice(2)
  if (!data) throw new SetupError('name a data folder: node scripts/migrate.mjs DATA_DIR')
  await runStages([migrations(resolve(data))], { root: ROOT })
})
