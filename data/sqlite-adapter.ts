/**
 * Prisma's adapter for better-sqlite3 with what it leaves open: the PRAGMAs of each connection; transactions that take
 * the write lock at once (a deferred one that turns into a writer fails with SQLITE_BUSY, whatever the time-out); and
 * queries that wait for an open transaction, as all share one connection and would become part of it.
 */
import { PrismaBetterSQLite3 } from '@prisma/adapter-better-sqlite3'
import type Database from 'better-sqlite3'

type Adapter = Awaited<ReturnType<PrismaBetterSQLite3['connect']>>
type Transaction = Awaited<ReturnType<Adapter['startTransaction']>>

/** The site and the gateway write to one file; each write takes milliseconds. */
const BUSY_TIMEOUT_MS = 5_000

export class SqliteAdapter extends PrismaBetterSQLite3 {
  constructor(file: string) {
    super({ url: file, timeout: BUSY_TIMEOUT_MS, fileMustExist: true })
  }

  override async connect(): Promise<Adapter> {
    const adapter = await super.connect()
    const { client } = adapter as unknown as { client: Database.Database }
    client.pragma('journal_mode = WAL')
    // better-sqlite3 is compiled so that WAL means NORMAL, which may lose the last commits when the power fails.
    client.pragma('synchronous = FULL')
    client.pragma('foreign_keys = ON')
    const prepare = client.prepare.bind(client)
    client.prepare = ((sql: string) => prepare(sql === 'BEGIN' ? 'BEGIN IMMEDIATE' : sql)) as typeof client.prepare
    return afterTransactions(adapter)
  }
}

function afterTransactions(adapter: Adapter): Adapter {
  let open: Promise<void> | null = null
  const none = async () => {
    while (open) await open
  }
  return {
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    executeScript: (script) => none().then(() => adapter.executeScript(script)),
    queryRaw: (query) => none().then(() => adapter.queryRaw(query)),
    executeRaw: (query) => none().then(() => adapter.executeRaw(query)),
    dispose: () => adapter.dispose(),
    async startTransaction(isolationLevel): Promise<Transaction> {
      await none()
      let close = () => {}
      open = new Promise<void>((resolve) => {
        close = () => {
          open = null
          resolve()
        }
      })
      try {
        const transaction = await adapter.startTransaction(isolationLevel)
        return {
          provider: transaction.provider,
          adapterName: transaction.adapterName,
          options: transaction.options,
          queryRaw: (query) => transaction.queryRaw(query),
          executeRaw: (query) => transaction.executeRaw(query),
          commit: () => transaction.commit().finally(close),
          rollback: () => transaction.rollback().finally(close),
        }
      } catch (error) {
        close()
        throw error
      }
    },
  }
}
