/** A host's log in its files: only what is new is read, and what was rewritten is found out. */
import { beforeEach, expect, it, vi } from 'vitest'
import { KraftlabError } from '#config/errors.ts'
import type { LogFile } from '#labs/protocol/observation.ts'
import { HostLog } from '#labs/sandbox/switch/host-log.ts'
import type { Looked, Want } from '#labs/sandbox/switch/log-directory.ts'
import { encodeBatch, schemas } from '../../support/batches.ts'
import { metadata } from '../../support/segments.ts'

const NEXT_LOOK_MS = 60_000

/** A directory that a node writes; it gives what is asked for, as the helper does. */
class Directory {
  files = new Map<string, { bytes: Buffer; modified: number }>()
  path = '/var/lib/kafka/data/__cluster_metadata-0'
  isThere = true
  asked: Want[] = []
  private clock = 0

  write(name: string, bytes: Buffer): void {
    this.files.set(name, { bytes, modified: ++this.clock })
  }
  append(name: string, bytes: Buffer): void {
    this.write(name, Buffer.concat([this.files.get(name)?.bytes ?? Buffer.alloc(0), bytes]))
  }

  look = async (wants: Want[]): Promise<Looked | null> => {
    this.asked.push(...wants)
    if (!this.isThere) return null
    const files = [...this.files].map(([name, { bytes, modified }]): LogFile => {
      const kind = name.endsWith('.deleted') ? 'deleted' : name.endsWith('.log') ? 'segment' : 'snapshot'
      return { name, kind, bytes: bytes.length, modified, offset: Number(name.slice(0, 20)), epoch: null }
    })
    const parts = wants.flatMap(({ name, from, max }) => {
      const file = this.files.get(name)
      return file ? [{ name, from, bytes: file.bytes.subarray(from, from + max) }] : []
    })
    return { path: this.path, files: files.sort((a, b) => (a.name < b.name ? -1 : 1)), isCut: false, parts }
  }
}

const segment = (offset: number) => `${String(offset).padStart(20, '0')}.log`
const topic = (baseOffset: number, name: string, epoch = 1): Buffer => {
  const topicId = Buffer.alloc(16, 7).toString('base64url')
  return encodeBatch([metadata('TopicRecord', { name, topicId })], { baseOffset, epoch, timestamp: baseOffset })
}
const topics = (from: number, to: number, epoch = 1): Buffer =>
  Buffer.concat(Array.from({ length: to - from }, (_, at) => topic(from + at, `t${from + at}`, epoch)))

let directory: Directory
let log: HostLog
let committed: number | null
beforeEach(() => {
  directory = new Directory()
  log = new HostLog(schemas, directory.look)
  committed = null
})

let now = 0
/** What is there once the last look counts as old. */
async function read() {
  now += NEXT_LOOK_MS
  vi.spyOn(performance, 'now').mockReturnValue(now)
  directory.asked = []
  const { view, files } = await log.read(() => committed)
  const offsets = view.kept.map(({ kind, baseOffset }) => (kind === 'batch' ? baseOffset : `${kind} ${baseOffset}`))
  const bytes = directory.asked.reduce((sum, { name, from }) => {
    return sum + (directory.files.get(name)?.bytes.length ?? 0) - from
  }, 0)
  return { ...view, offsets, files, bytes }
}

it('gives all of a log, in its order, and then reads only what is new', async () => {
  directory.write(segment(0), topics(0, 50))
  directory.write(segment(50), topics(50, 60))
  const first = await read()
  expect(first.offsets).toEqual(Array.from({ length: 60 }, (_, at) => at))
  expect([first.logStart, first.logEnd, first.says]).toEqual([0, 60, ''])
  expect(first.kept[55]).toMatchObject({ place: { file: segment(50) } })

  directory.append(segment(50), topics(60, 62))
  const next = await read()
  expect(next.offsets.slice(-3)).toEqual([59, 60, 61])
  expect(next.generation).toBe(first.generation)
  // the last batch that was known, and what is behind it
  expect(next.bytes).toBeLessThan(4 * topic(0, 't0').length)

  const again = await read()
  expect(again.offsets).toEqual(next.offsets)
})

it('goes on in the next segment, and lets go of those that are deleted', async () => {
  directory.write(segment(0), topics(0, 5))
  const first = await read()
  directory.write(segment(5), topics(5, 8))
  expect((await read()).offsets).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  directory.files.delete(segment(0))
  directory.write(`${segment(0)}.deleted`, topics(0, 5))
  const later = await read()
  expect([later.offsets, later.logStart]).toEqual([[5, 6, 7], 5])
  expect(later.files?.map(({ kind }) => kind)).toEqual(['deleted', 'segment'])
  // what is older is deleted, not changed
  expect(later.generation).toBe(first.generation)
})

it('shows what was truncated and written anew; that is the same log as long as nothing committed has changed', async () => {
  directory.write(segment(0), topics(0, 10, 1))
  committed = 8
  const first = await read()
  directory.write(segment(0), Buffer.concat([topics(0, 8, 1), topic(8, 'other', 2)]))
  const second = await read()
  expect(second.offsets).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  expect(second.kept[8]).toMatchObject({ batch: { leaderEpoch: 2 } })
  expect(second.generation).toBe(first.generation)
})

it('is another log where something committed has changed', async () => {
  directory.write(segment(0), topics(0, 10, 1))
  committed = 10
  const first = await read()
  directory.write(segment(0), topics(0, 4, 5))
  const second = await read()
  expect(second.offsets).toEqual([0, 1, 2, 3])
  expect(second.generation).not.toBe(first.generation)
})

it('is another log after a wipe, and in another directory', async () => {
  directory.write(segment(0), topics(0, 3))
  const first = await read()
  directory.isThere = false
  const gone = await read()
  expect([gone.offsets, gone.files, gone.says]).toEqual([[], null, 'There is no metadata log.'])
  directory.isThere = true
  const back = await read()
  expect(back.offsets).toEqual([0, 1, 2])
  expect(back.generation).not.toBe(first.generation)
  directory.path = '/tmp/other/__cluster_metadata-0'
  expect((await read()).generation).not.toBe(back.generation)
})

it('waits for the rest of a batch that is still being written', async () => {
  const whole = topics(0, 3)
  directory.write(segment(0), whole.subarray(0, whole.length - 10))
  expect((await read()).offsets).toEqual([0, 1])
  directory.write(segment(0), whole)
  expect((await read()).offsets).toEqual([0, 1, 2])
})

it('names garbage and reads on behind it, once', async () => {
  const garbage = Buffer.alloc(200, 0xee)
  directory.write(segment(0), Buffer.concat([topics(0, 2), garbage, topics(4, 6)]))
  expect((await read()).offsets).toEqual([0, 1, 'damage 2', 4, 5])
  directory.append(segment(0), topic(6, 't6'))
  expect((await read()).offsets).toEqual([0, 1, 'damage 2', 4, 5, 6])
})

it('shows the first part of a segment that is too large, and says so', async () => {
  const large = Buffer.concat([topics(0, 3), Buffer.alloc(20 << 20)])
  directory.write(segment(0), large)
  const { offsets, says } = await read()
  expect(offsets.slice(0, 3)).toEqual([0, 1, 2])
  expect(says).toMatch(/the first 16 MB of it are shown/)
})

it('does not ask the host more than once in a while, whoever looks', async () => {
  directory.write(segment(0), topics(0, 3))
  await read()
  const asked = vi.spyOn(directory, 'look')
  await Promise.all([log.read(() => null), log.read(() => null), log.files()])
  expect(asked).not.toHaveBeenCalled()
})

it('says when a host cannot be read, and can be read again', async () => {
  const look = vi.fn(directory.look)
  log = new HostLog(schemas, look)
  directory.write(segment(0), topics(0, 1))
  look.mockRejectedValueOnce(new KraftlabError('HOST_UNAVAILABLE'))
  await expect(log.read(() => null)).rejects.toThrow(KraftlabError)
  expect((await read()).offsets).toEqual([0])
})

it('begins anew behind a segment that was taken out of the middle', async () => {
  for (const from of [0, 4, 8]) directory.write(segment(from), topics(from, from + 4))
  committed = 12
  const first = await read()
  expect(first.offsets.length).toBe(12)
  directory.files.delete(segment(4))
  const { offsets, kept, generation } = await read()
  expect(offsets).toEqual([0, 1, 2, 3, 'damage 4', 8, 9, 10, 11])
  expect(kept[4]).toMatchObject({ item: { says: 'Offsets 4 to 7 are not there.' } })
  expect(generation).not.toBe(first.generation)
})

it('names a segment that cannot be read, and shows what lies before', async () => {
  directory.write(segment(0), topics(0, 3))
  directory.write(segment(3), topics(3, 5))
  const look = vi.fn(async (wants: Want[]) => {
    const looked = await directory.look(wants)
    return looked && { ...looked, parts: looked.parts.filter(({ name }) => name !== segment(3)) }
  })
  log = new HostLog(schemas, look)
  const { offsets, says } = await read()
  expect([offsets, says]).toEqual([[0, 1, 2], `${segment(3)} could not be read.`])
  log = new HostLog(schemas, directory.look)
  expect((await read()).offsets).toEqual([0, 1, 2, 3, 4])
})
