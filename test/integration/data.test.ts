import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { asSeenByBrowser, createAuth } from '#data/auth.ts'
import { findPasses, recordPass } from '#data/check-pass.ts'
import { openDatabase } from '#data/database.ts'
import { createLabSession, endLabSession, findLabSession, findLiveLabSessions } from '#data/lab-session.ts'
import { completeLesson } from '#data/lesson-completion.ts'
import { linkGuest } from '#data/link-guest.ts'
import { findProgress } from '#data/progress.ts'
import { findQuizAnswers, saveQuizAnswer } from '#data/quiz-answer.ts'
import { saveReadingPosition } from '#data/reading-position.ts'
import { rebuildLabSessions } from '#data/rebuild.ts'
import { readSecrets } from '#data/secrets.ts'
import { findOptionalPerson } from '#data/sign-in.ts'
import { openDatabaseWorker } from '#data/worker-client.ts'
import { migrate, ROOT, SITE, signInGuest, temporaryDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/temporary.ts'

const COURSE = 'kraft'
const LAB = 'quick-start'
const pass = (check: string, at: number) => ({ step: 'format', check, evidence: { says: check }, at: new Date(at) })

describe('the database', () => {
  test('survives a power cut: WAL with synchronous FULL, foreign keys on', async () => {
    const { database } = await temporaryDatabase()
    const pragma = async (name: string) =>
      Object.values((await database.$queryRawUnsafe<object[]>(`PRAGMA ${name}`))[0]!)
    expect(await pragma('journal_mode')).toEqual(['wal'])
    // 2 is FULL
    expect((await pragma('synchronous')).map(Number)).toEqual([2])
    expect((await pragma('foreign_keys')).map(Number)).toEqual([1])
    expect(Number((await pragma('busy_timeout'))[0])).toBeGreaterThanOrEqual(1_000)
  })

  test('is readable by its owner alone', async () => {
    const { data } = await temporaryDatabase()
    for (const file of readdirSync(data)) expect(statSync(join(data, file)).mode & 0o077, file).toBe(0)
  })

  test('migrations make what the schema says', async () => {
    const { data } = await temporaryDatabase()
    const { exitCode, stdout } = await execa(
      process.execPath,
      ['node_modules/prisma/build/index.js', 'migrate', 'status'],
      { cwd: ROOT, env: { KRAFTLAB_DATA: data, CHECKPOINT_DISABLE: '1' }, timeout: 60_000 },
    )
    expect(exitCode).toBe(0)
    expect(stdout).toContain('up to date')
    const { stdout: schema } = await execa(
      process.execPath,
      [
        'node_modules/prisma/build/index.js',
        'migrate',
        'diff',
        '--from-empty',
        '--to-schema-datamodel',
        'prisma/schema.prisma',
        '--script',
      ],
      { cwd: ROOT, env: { KRAFTLAB_DATA: data, CHECKPOINT_DISABLE: '1' }, timeout: 60_000 },
    )
    const wanted = new Sqlite(':memory:')
    wanted.exec(schema)
    // A migration adds columns to a table that has rows: what counts is what a table has, not how it was written down.
    const shape = (from: Sqlite.Database) => {
      const tables = from.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all()
      const ofTable = (table: string) => ({
        columns: from.prepare('SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info(?)').all(table),
        keys: from.prepare('SELECT * FROM pragma_foreign_key_list(?) ORDER BY "from"').all(table),
        indexes: from
          .prepare('SELECT name, "unique" FROM pragma_index_list(?) ORDER BY name')
          .all(table)
          .map((index) => ({
            ...(index as { name: string }),
            columns: from.prepare('SELECT name FROM pragma_index_info(?)').all((index as { name: string }).name),
          })),
      })
      return Object.fromEntries(
        (tables as string[])
          .filter((table) => !/^(_prisma|sqlite)_/.test(table))
          .map((table) => [table, ofTable(table)]),
      )
    }
    const made = new Sqlite(join(data, 'kraftlab.db'), { readonly: true })
    expect(Object.keys(shape(wanted))).toContain('User')
    expect(shape(made)).toEqual(shape(wanted))
    made.close()
  })

  test('of an older version keeps all rows through the migrations that follow', async () => {
    const folder = await temporaryFolder()
    const file = join(folder, 'kraftlab.db')
    const [first] = readdirSync(join(ROOT, 'prisma/migrations')).sort()
    const older = new Sqlite(file)
    older.exec(readFileSync(join(ROOT, 'prisma/migrations', first!, 'migration.sql'), 'utf8'))
    older.exec(`INSERT INTO User (id, name, email) VALUES ('ada', 'Ada', 'ada@example.com');
      INSERT INTO LabSession (id, userId, lab, startedAt) VALUES ('one', 'ada', 'quick-start', 1);
      INSERT INTO CheckPass (id, labSessionId, step, "check", evidence, at) VALUES ('p', 'one', 's', 'c', '{}', 1);
      INSERT INTO Session (id, token, userId, expiresAt) VALUES ('s', 't', 'ada', 1)`)
    const rows = () =>
      ['User', 'LabSession', 'CheckPass', 'Session'].map((table) =>
        older.prepare(`SELECT count(*) FROM ${table}`).pluck().get(),
      )
    older.exec('PRAGMA foreign_keys = ON')
    for (const later of readdirSync(join(ROOT, 'prisma/migrations')).sort().slice(1))
      if (later !== 'migration_lock.toml')
        older.exec(readFileSync(join(ROOT, 'prisma/migrations', later, 'migration.sql'), 'utf8'))
    expect(rows()).toEqual([1, 1, 1, 1])
    expect(older.prepare('SELECT role FROM User').pluck().get()).toBe('learner')
    older.close()
  })

  test('of a newer version is refused with one line, by the site and by migrate', async () => {
    const { data } = await temporaryDatabase()
    const newer = new Sqlite(join(data, 'kraftlab.db'))
    newer.exec("UPDATE _prisma_migrations SET migration_name = '29990101000000_future'")
    newer.close()
    expect(() => openDatabase({ root: ROOT, data })).toThrow(
      /^[^\n]*newer version of Kraftlab[^\n]*29990101000000_future[^\n]*$/,
    )
    await expect(migrate(data)).rejects.toThrow(/newer version of Kraftlab/)
  })

  test('without its migrations is refused with what to do', async () => {
    const data = await temporaryFolder()
    new Sqlite(join(data, 'kraftlab.db')).close()
    expect(() => openDatabase({ root: ROOT, data })).toThrow('npm run setup')
  })

  test('that is no database is refused by name', async () => {
    const data = await temporaryFolder()
    writeFileSync(join(data, 'kraftlab.db'), 'not a database at all, but long enough to be read as a header'.repeat(20))
    expect(() => openDatabase({ root: ROOT, data })).toThrow(/kraftlab\.db cannot be read/)
  })

  test('keeps what is asked meanwhile out of an open transaction', async () => {
    const { database, auth } = await temporaryDatabase()
    const { userId } = await signInGuest(auth)
    let asked: Promise<void> | undefined
    const rolledBack = database.$transaction(async (within) => {
      await within.lessonCompletion.create({ data: { userId, course: COURSE, lesson: 'undone' } })
      asked = completeLesson(database, { userId, course: COURSE, lesson: 'kept' })
      throw new Error('changed my mind')
    })
    await expect(rolledBack).rejects.toThrow('changed my mind')
    await asked
    const { lessons } = await findProgress(database, { userId, course: COURSE, labs: [] })
    expect(Object.keys(lessons)).toEqual(['kept'])
  })

  test('takes writes of the site and of the gateway at once', async () => {
    const { database, auth, data } = await temporaryDatabase()
    const { userId } = await signInGuest(auth)
    await createLabSession(database, { id: 'one', userId, lab: LAB, startedAt: new Date(1) })
    const worker = await openDatabaseWorker(join(ROOT, 'dist/database.mjs'), { root: ROOT, data }, () => {})
    try {
      const checks = Array.from({ length: 40 }, (_, at) => `check-${at}`)
      await Promise.all([
        ...checks.map((check) => worker.recordPass('one', pass(check, 1))),
        ...checks.map((lesson) =>
          database.$transaction(async (within) => {
            await within.user.findUniqueOrThrow({ where: { id: userId } })
            await completeLesson(within, { userId, course: COURSE, lesson })
          }),
        ),
      ])
      expect(await worker.findPasses({ userId, lab: LAB })).toHaveLength(checks.length)
      expect(await database.lessonCompletion.count()).toBe(checks.length)
      expect(await worker.problem()).toBeNull()
      await expect(worker.endLabSession(undefined as never, new Date(), 'bad call')).rejects.toThrow()
    } finally {
      await worker.close()
    }
  })
})

describe('secrets', () => {
  test('are made once, for their owner alone', async () => {
    const data = await temporaryFolder()
    const made = readSecrets(data)
    expect(made.auth.length).toBeGreaterThanOrEqual(43)
    expect(readSecrets(data)).toEqual(made)
    expect(statSync(join(data, 'secrets.json')).mode & 0o777).toBe(0o600)
    expect(readdirSync(data)).toEqual(['secrets.json'])
  })

  test('are the same for processes that start together', async () => {
    const data = await temporaryFolder()
    const script = await bundled('data/secrets.ts', data)
    const read = `import(${JSON.stringify(script)}).then(({ readSecrets }) => console.log(readSecrets(${JSON.stringify(data)}).auth))`
    const runs = Array.from({ length: 6 }, () => execa(process.execPath, ['-e', read], { cwd: ROOT, timeout: 30_000 }))
    const seen = (await Promise.all(runs)).map(({ stdout }) => stdout)
    expect(new Set(seen).size).toBe(1)
  })

  test('that are damaged stop the start with what to do', async () => {
    const data = await temporaryFolder()
    writeFileSync(join(data, 'secrets.json'), '{')
    expect(() => readSecrets(data)).toThrow('damaged')
  })
})

describe('signing in', () => {
  test('a guest has a cookie that pages cannot read and other sites cannot send along', async () => {
    const { auth, database } = await temporaryDatabase()
    const response = await auth.handler(
      new Request(`${SITE}/api/auth/sign-in/anonymous`, {
        method: 'POST',
        headers: { origin: SITE, host: new URL(SITE).host, 'content-type': 'application/json' },
        body: '{}',
      }),
    )
    const [cookie] = response.headers.getSetCookie()
    expect(cookie).toMatch(/^kraftlab\.session_token=/)
    expect(cookie).toMatch(/HttpOnly/i)
    expect(cookie).toMatch(/SameSite=Lax/i)
    const learner = await findOptionalPerson(database, auth, cookie!.split(';')[0]!)
    expect(learner).toMatchObject({ isGuest: true, formerly: [] })
  })

  test('behind the front door the address is the one that the browser sees', async () => {
    const { auth } = await temporaryDatabase()
    const ask = (origin: string) =>
      auth.handler(
        asSeenByBrowser(
          new Request('http://127.0.0.1:41234/api/auth/sign-in/anonymous', {
            method: 'POST',
            headers: { origin, host: 'lab.example:8080', 'content-type': 'application/json', cookie: 'other=1' },
            body: '{}',
          }),
        ),
      )
    expect((await ask('http://lab.example:8080')).status).toBe(200)
    expect((await ask('https://lab.example:8080')).status).toBe(200)
    expect((await ask('http://evil.example')).status).toBe(403)
  })

  test('nobody is signed in by no cookie, a forged one, or one signed with another secret', async () => {
    const { auth, database } = await temporaryDatabase()
    const { cookie } = await signInGuest(auth)
    const elsewhere = createAuth(database, 'another secret of more than thirty-two characters')
    expect(await findOptionalPerson(database, auth, null)).toBeNull()
    expect(await findOptionalPerson(database, auth, 'kraftlab.session_token=forged.signature')).toBeNull()
    expect(await findOptionalPerson(database, elsewhere, cookie)).toBeNull()
    expect(await findOptionalPerson(database, auth, cookie)).not.toBeNull()
  })
})

describe('progress', () => {
  test('of a lab counts every check once, its first pass, over all lab sessions', async () => {
    const { auth, database } = await temporaryDatabase()
    const { userId } = await signInGuest(auth)
    const other = await signInGuest(auth)
    for (const [id, owner] of [
      ['one', userId],
      ['two', userId],
      ['others', other.userId],
    ] as const) {
      await createLabSession(database, { id, userId: owner, lab: LAB, startedAt: new Date(1) })
    }
    await recordPass(database, 'one', pass('formatted', 10))
    await recordPass(database, 'one', pass('formatted', 11))
    await recordPass(database, 'two', pass('formatted', 20))
    await recordPass(database, 'two', pass('alive', 21))
    await recordPass(database, 'others', pass('elected', 5))
    const { labs } = await findProgress(database, { userId, course: COURSE, labs: [LAB, 'untouched'] })
    expect(labs).toEqual({ [LAB]: [pass('formatted', 10), pass('alive', 21)], untouched: [] })
    const earlier = await findPasses(database, { userId, lab: LAB, exceptLabSession: 'two' })
    expect(earlier.map(({ check }) => check)).toEqual(['formatted'])
  })

  test('a lab session ends once', async () => {
    const { auth, database } = await temporaryDatabase()
    const { userId } = await signInGuest(auth)
    await createLabSession(database, { id: 'one', userId, lab: LAB, startedAt: new Date(1) })
    expect(await findLiveLabSessions(database)).toHaveLength(1)
    await endLabSession(database, 'one', new Date(2), 'first')
    await endLabSession(database, 'one', new Date(3), 'second')
    expect(await findLabSession(database, 'one')).toMatchObject({ endedAt: new Date(2), endedWhy: 'first' })
    await expect(findLabSession(database, 'none')).rejects.toThrow()
  })

  test('of a guest moves to the account as a whole', async () => {
    const { auth, database } = await temporaryDatabase()
    const guest = (await signInGuest(auth)).userId
    const account = (await signInGuest(auth)).userId
    await createLabSession(database, { id: 'one', userId: guest, lab: LAB, startedAt: new Date(1) })
    await recordPass(database, 'one', pass('formatted', 10))
    const lesson = (userId: string, slug: string) => ({ userId, course: COURSE, lesson: slug })
    await completeLesson(database, lesson(account, 'both'))
    await completeLesson(database, lesson(guest, 'both'))
    await completeLesson(database, lesson(guest, 'only'))
    await saveReadingPosition(database, lesson(account, 'both'), { heading: 'older', position: 0.2 })
    await saveReadingPosition(database, lesson(guest, 'both'), { heading: 'newer', position: 0.8 })
    await saveQuizAnswer(database, { ...lesson(guest, 'both'), question: 'q' }, { choice: 'a', correct: false })
    await saveQuizAnswer(database, { ...lesson(account, 'both'), question: 'q' }, { choice: 'b', correct: true })

    await linkGuest(database, guest, account)
    await database.user.delete({ where: { id: guest } })

    const progress = await findProgress(database, { userId: account, course: COURSE, labs: [LAB] })
    expect(progress.labs[LAB]).toEqual([pass('formatted', 10)])
    expect(Object.keys(progress.lessons).sort()).toEqual(['both', 'only'])
    expect(progress.readLast).toMatchObject({ lesson: 'both', heading: 'newer' })
    expect(await findQuizAnswers(database, lesson(account, 'both'))).toMatchObject({ q: { choice: 'b' } })

    // A history names the guest; its rows still come back as the account's.
    const story = {
      id: 'one',
      learner: guest,
      lab: LAB,
      startedAt: new Date(1),
      ended: null,
      passes: [pass('formatted', 10)],
    }
    const strangers = { ...story, id: 'strange', learner: 'nobody' }
    expect(await rebuildLabSessions(database, [story, strangers])).toEqual({ rebuilt: 1, withoutLearner: ['strange'] })
    expect(await findProgress(database, { userId: account, course: COURSE, labs: [LAB] })).toEqual(progress)
  })

  test('goes with its learner', async () => {
    const { auth, database } = await temporaryDatabase()
    const { userId } = await signInGuest(auth)
    await createLabSession(database, { id: 'one', userId, lab: LAB, startedAt: new Date(1) })
    await recordPass(database, 'one', pass('formatted', 10))
    await completeLesson(database, { userId, course: COURSE, lesson: 'a' })
    await database.user.delete({ where: { id: userId } })
    expect(await database.checkPass.count()).toBe(0)
    expect(await database.lessonCompletion.count()).toBe(0)
    expect(await database.session.count()).toBe(0)
  })
})

/** @returns path of a bundle in ROOT's reach, so that its packages are found */
async function bundled(entry: string, folder: string): Promise<string> {
  const { build } = await import('esbuild')
  const outfile = join(await temporaryFolder(), 'bundle.mjs')
  await build({
    entryPoints: [join(ROOT, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
    absWorkingDir: folder,
  })
  return outfile
}
