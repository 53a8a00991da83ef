/** `metadata -- dump` as a program: what it prints where, and its exit status. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readInstallation } from '#config/installation.ts'
import { benchDecode } from '#labs/cli/decode-bench.ts'
import { encodeBatch } from '../../support/batches.ts'
import { busyBytes, metadata, smallLog } from '../../support/segments.ts'
import { SOAK } from '../../support/soak.ts'

const installation = readInstallation(process.cwd())
const PROGRAM = join(installation.root, 'dist', 'metadata.mjs')
const folder = mkdtempSync(join(tmpdir(), 'kraftlab-dump-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Each starts some programs, on a machine that may be busy. */
const LIMIT_MS = 60_000

type Ended = { status: number | null; stdout: string; stderr: string }

async function run(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr] = [child.stdout, child.stderr].map(async (stream) => {
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks).toString()
  })
  const [status] = await once(child, 'close')
  return { status, stdout: (await stdout) ?? '', stderr: (await stderr) ?? '' }
}

function write(name: string, bytes: Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}
const records = (stdout: string) =>
  stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))

/** Most memory that it has had, or null once it has ended. */
function peakBytes(pid: number | undefined): number | null {
  const status = `/proc/${pid}/status`
  if (!existsSync(status)) return null
  const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8'))
  return found ? Number(found[1]) * 1024 : null
}
/** Node itself has 50 MB; batches and lines wait in some. */
const MAX_MEMORY_BYTES = 200 << 20

/** A tenth is the aim (`bench -- decode`); a machine that does other things costs the shorter of the two more. */
const MAX_RATIO = 0.15

const small = Buffer.concat(smallLog())
const FIRST = '00000000000000000000.log'

describe('metadata dump', { timeout: LIMIT_MS }, () => {
  it('prints one JSON object a record, control records and all codecs too, and says nothing else', async () => {
    const path = write(FIRST, small)
    const { status, stdout, stderr } = await run('dump', path)
    expect([status, stderr]).toEqual([0, ''])
    const all = records(stdout)
    expect(all).toHaveLength(11)
    expect(all[0]).toMatchObject({ file: path, offset: 0, epoch: 1, timestamp: 0, type: 'LeaderChange', version: 0 })
    expect(all[1]).toEqual({
      file: path,
      offset: 1,
      epoch: 1,
      timestamp: 1_000,
      type: 'TOPIC_RECORD',
      version: 0,
      data: { name: 'orders-none', topicId: 'AQEBAQEBAQEBAQEBAQEBAQ' },
    })
  })

  it('reads the snapshot that the real tool wrote when set-up formatted a disk', async () => {
    const path = join(installation.kafka.home, 'formatted/__cluster_metadata-0')
    const { status, stdout, stderr } = await run('dump', path)
    expect([status, stderr]).toEqual([0, ''])
    expect(records(stdout).map(({ type }) => type)).toEqual([
      'SnapshotHeader',
      'KRaftVersion',
      'KRaftVoters',
      'SnapshotFooter',
    ])
  })

  it('names file, position and reason of damage, reads on, and ends with 1', async () => {
    const damaged = Buffer.from(small)
    damaged.writeUInt8(damaged.readUInt8(170) ^ 1, 170)
    const path = write('damaged.log', damaged)
    const { status, stdout, stderr } = await run('dump', path)
    expect(status).toBe(1)
    expect(stderr).toMatch(
      new RegExp(`^${path}: position \\d+: a batch with CRC \\d+, which says \\d+: \\d+ bytes left out\n$`),
    )
    expect(records(stdout).length).toBeGreaterThan(7)
  })

  it('only notes an unfinished end, records of a later Kafka, and offsets that leave some out', async () => {
    const later = encodeBatch([{ key: null, value: Buffer.from([1, 99, 4, 7]) }, metadata('NoOpRecord', {})], {
      baseOffset: 20,
    })
    const path = write(FIRST, Buffer.concat([small, later, later.subarray(0, 70)]))
    const { status, stdout, stderr } = await run('dump', path)
    expect(status).toBe(0)
    expect(records(stdout).slice(-2)).toMatchObject([
      { offset: 20, type: 'UNKNOWN', version: 4, data: { apiKey: 99, raw: 'Bw==' } },
      { offset: 21, type: 'NO_OP_RECORD', data: {} },
    ])
    expect(stderr.split('\n')).toEqual([
      `${path}: position ${small.length}: offset 20 where 11 was expected`,
      `${path}: position ${small.length + later.length}: ends with 70 bytes of an unfinished batch, or zeros`,
      `${path}: 1 record of type 99 version 4, which these schemas do not have: kept as raw bytes`,
      '',
    ])
  })

  it('reads the other files where one is missing, and a folder by offset', async () => {
    const log = join(folder, 'log')
    mkdirSync(log, { recursive: true })
    const at = (baseOffset: number) => encodeBatch([metadata('NoOpRecord', {})], { baseOffset })
    writeFileSync(join(log, '00000000000000000007.log'), at(7))
    writeFileSync(join(log, '00000000000000000007-0000000001.checkpoint'), at(0))
    writeFileSync(join(log, FIRST), at(0))
    writeFileSync(join(log, '00000000000000000000.index'), Buffer.alloc(9))
    const missing = join(folder, 'missing.log')
    const { status, stdout, stderr } = await run('dump', missing, log)
    expect(status).toBe(1)
    expect(stderr).toMatch(/^\S+missing\.log: ENOENT.*\n$/)
    expect(records(stdout).map(({ file }) => file.slice(log.length + 1))).toEqual([
      FIRST,
      '00000000000000000007-0000000001.checkpoint',
      '00000000000000000007.log',
    ])
  })

  it('says what is wrong with what is no log, and finds it in a node’s log directory', async () => {
    const text = write('notes.txt', Buffer.from('these are not the records that you are looking for\n'.repeat(9)))
    const empty = write('empty.log', Buffer.alloc(0))
    const disk = join(folder, 'disk')
    mkdirSync(join(disk, '__cluster_metadata-0'), { recursive: true })
    writeFileSync(join(disk, '__cluster_metadata-0', FIRST), small)
    const { status, stdout, stderr } = await run('dump', text, empty, disk)
    expect(status).toBe(1)
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/notes\.txt: position 0: a batch of \d+ bytes: 459 bytes left out$/),
      `${text}: nothing in it could be read: is it a file of __cluster_metadata?`,
      `${empty}: is empty`,
      '',
    ])
    expect(records(stdout)).toHaveLength(11)
  })

  it('explains itself', async () => {
    for (const args of [[], ['dump'], ['undump', 'x'], ['dump', '--wrong', 'x']]) {
      const { status, stdout, stderr } = await run(...args)
      expect([status, stdout], args.join(' ')).toEqual([2, ''])
      expect(stderr).toContain('usage: npm run --silent metadata -- dump FILE...')
    }
    const help = await run('--help')
    expect([help.status, help.stderr]).toEqual([0, ''])
    expect(help.stdout).toContain('usage: npm run --silent metadata -- dump FILE...')
    const bad = await run('dump', '--schemas', write('bad.json', Buffer.from('{"requests":{}}')), join(folder, FIRST))
    expect([bad.status, bad.stderr]).toEqual([1, `${join(folder, 'bad.json')}: records is missing\n`])
  })

  it('stops without a word where nobody reads on', async () => {
    const path = write('busy.log', busyBytes(2_000_000))
    const child = spawn(process.execPath, [PROGRAM, 'dump', path], { stdio: ['ignore', 'pipe', 'pipe'] })
    let stderr = ''
    child.stderr.on('data', (text) => {
      stderr += text
    })
    child.stdout.once('data', () => child.stdout.destroy())
    const [status] = await once(child, 'close')
    expect([status, stderr]).toEqual([0, ''])
  })

  it.runIf(SOAK)(
    'is some times quicker than Kafka’s own tool',
    async () => {
      const { cpuRatio, ...measured } = await benchDecode(installation.root)
      expect(cpuRatio, JSON.stringify(measured)).toBeLessThan(MAX_RATIO)
    },
    600_000,
  )

  it.runIf(SOAK)(
    'needs no more memory for a gigabyte',
    async () => {
      const part = busyBytes(10_000_000)
      const path = join(folder, 'large.log')
      for (let times = 0; times < 100; times++) writeFileSync(path, part, { flag: 'a' })
      const child = spawn(process.execPath, [PROGRAM, 'dump', path], { stdio: 'ignore' })
      let peak = 0
      const watch = setInterval(() => {
        peak = peakBytes(child.pid) ?? peak
      }, 200)
      const [status] = await once(child, 'close')
      clearInterval(watch)
      expect(status).toBe(0)
      expect(peak).toBeGreaterThan(0)
      expect(peak).toBeLessThan(MAX_MEMORY_BYTES)
    },
    600_000,
  )
})
