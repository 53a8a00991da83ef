/** For the prisma command alone, which downloads nothing with `engine: 'js'`. The site's own connection: data/database.ts. */
import { PrismaBetterSQLite3 } from '@prisma/adapter-better-sqlite3'
import { defineConfig } from 'prisma/config'
import { readEnvironment } from './config/environment.ts'
import { prepareDatabaseFile } from './data/database-file.ts'

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  engine: 'js',
  experimental: { adapter: true },
  adapter: async () => new PrismaBetterSQLite3({ url: prepareDatabaseFile(readEnvironment()) }),
})
