import { copyFileSync, linkSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { sharedFolder } from '../support/folder.ts'
import { installation, run } from '../support/sandbox.ts'

const root = process.cwd()
const folder = sharedFolder()
afterAll(folder.remove)

const script = (name: string, env: Record<string, string> = {}, ...args: string[]) =>
  run([process.execPath, join(root, 'scripts', name), ...args], { ...process.env, ...env }, root)

/** One line, and a status that is not zero. */
const expectOneLine = ({ status, stderr }: { status: number | null; stderr: string }, words: RegExp) => {
  const lines = stderr
    .trimEnd()
    .split('\n')
    .filter((line) => !/^ {2}\S/.test(line))
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(words)
  expect(status).toBe(1)
}

describe('a second set-up', () => {
  it('repeats nothing and is quick', async () => {
    await script('setup.mjs')
    const started = performance.now()
    const { status, stderr } = await script('setup.mjs')
    expect(stderr).toMatch(/^setup: all is in place in .*\n$/)
    expect(status).toBe(0)
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})

describe('bad input is one clear line', () => {
  it('a Java too old', async () => {
    const home = folder.make('old-java')
    mkdirSync(join(home, 'bin'))
    writeFileSync(join(home, 'bin/java'), '')
    writeFileSync(join(home, 'release'), 'JAVA_VERSION="11.0.24"\n')
    expectOneLine(
      await script('setup.mjs', { JAVA_HOME: home }),
      /JAVA_HOME=.* is Java 11\.0\.24, too old: Kafka 4 needs 17/,
    )
  })

  it('a JAVA_HOME that is none', async () => {
    expectOneLine(await script('setup.mjs', { JAVA_HOME: '/nowhere' }), /JAVA_HOME=\/nowhere is not a JDK/)
  })

  it('a corrupt jar, twice: nothing half done', async () => {
    const cache = folder.make('cache')
    const bin = folder.make('bin')
    const jars = folder.make('jars')
    for (const name of readdirSync(join(installation.kafka.home, 'libs'))) {
      copyFileSync(join(installation.kafka.home, 'libs', name), join(jars, name))
    }
    writeFileSync(join(jars, 'jline-3.30.4.jar'), 'cut sh')
    // a Maven that always delivers the same broken jar
    const deliver = `#!/bin/sh\nfor a; do case $a in -DoutputDirectory=*) cp ${jars}/* "\${a#*=}/";; esac; done\n`
    writeFileSync(join(bin, 'mvn'), deliver, { mode: 0o755 })
    const result = await script('setup.mjs', { KRAFTLAB_CACHE: cache, HOME: cache, PATH: `${bin}:${process.env.PATH}` })
    expectOneLine(result, /jline-3\.30\.4\.jar is corrupt: its SHA-256 is not the one in/)
    expect(readdirSync(cache).filter((name) => name.startsWith('kafka'))).toEqual([])
  })

  it('a jar that is missing, and one too many', async () => {
    const { jarProblems } = await import('../../scripts/setup/kafka-jars.mjs')
    const libs = folder.make('libs')
    rmSync(libs, { recursive: true })
    mkdirSync(libs)
    const real = join(installation.kafka.home, 'libs')
    for (const name of readdirSync(real))
      if (!name.startsWith('jline')) copyFileSync(join(real, name), join(libs, name))
    linkSync(join(libs, 're2j-1.8.jar'), join(libs, 'extra.jar'))
    expect(jarProblems(root, libs).map(({ says }: { says: string }) => says)).toEqual([
      'extra.jar was not expected',
      'jline-3.30.4.jar is missing',
    ])
  })

  it('no space', async () => {
    const argv = ['bwrap', '--dev-bind', '/', '/', '--size', String(10 * 1024 ** 2), '--tmpfs', '/mnt', '--']
    const result = await run(
      [...argv, process.execPath, join(root, 'scripts/setup.mjs')],
      { ...process.env, KRAFTLAB_CACHE: '/mnt' },
      root,
    )
    expectOneLine(result, /no space for Kafka 4\.3\.1 runtime: \/mnt has 0\.0 GB free and needs 0\.2 GB/)
  })

  it('no user namespaces', async () => {
    const argv = ['bwrap', '--dev-bind', '/', '/', '--unshare-user', '--disable-userns', '--']
    const result = await run([...argv, process.execPath, join(root, 'scripts/setup.mjs')], process.env, root)
    expectOneLine(result, /user namespaces/)
  })

  it('a port in use: nothing is started', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = String(typeof address === 'object' ? address?.port : '')
    const data = join(folder.make('unused'), 'data')
    const result = await script('start.mjs', { PORT: port, KRAFTLAB_DATA: data })
    server.close()
    expectOneLine(result, new RegExp(`port ${port} is in use`))
    expect(() => readdirSync(data)).toThrow(/ENOENT/)
  })

  it('a setting that is wrong', async () => {
    expectOneLine(await script('start.mjs', { PORT: 'eighty' }), /PORT=eighty/)
  })

  it('a database from a newer version', async () => {
    const data = folder.make('newer')
    expect((await script('migrate.mjs', {}, data)).status).toBe(0)
    const { default: Database } = await import('better-sqlite3')
    const database = new Database(join(data, 'kraftlab.db'))
    database
      .prepare(
        "insert into _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) values ('x', 'x', '29990101000000_later', 1, 1)",
      )
      .run()
    database.close()
    expectOneLine(await script('migrate.mjs', {}, data), /is from a newer version of Kraftlab \(29990101000000_later\)/)
  })
})

describe('migrations', () => {
  it('may be run by two at once', async () => {
    const data = folder.make('both')
    const results = await Promise.all([script('migrate.mjs', {}, data), script('migrate.mjs', {}, data)])
    expect(results.map(({ status }) => status)).toEqual([0, 0])
  })
})
