import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { makeFolder } from '../../../scripts/setup/files.mjs'
import { cachePlace, isRoot } from '../../../scripts/setup/places.mjs'
import { runStages, SetupError } from '../../../scripts/setup/stage.mjs'
import { sharedFolder } from '../../support/folder.ts'

const folder = sharedFolder()
afterAll(folder.remove)

describe('runStages', () => {
  it('makes only what is not done, and each once when two run', async () => {
    const root = folder.make('two')
    let made = 0
    const stage = {
      name: 'slow',
      done: () => made > 0,
      make: async () => {
        await pause(200)
        made += 1
      },
    }
    await Promise.all([runStages([stage], { root }), runStages([stage], { root })])
    await runStages([stage], { root })
    expect(made).toBe(1)
  })

  it('frees the lock when a stage fails', async () => {
    const root = folder.make('fails')
    const fails = {
      name: 'fails',
      done: () => false,
      make: () => {
        throw new SetupError('no')
      },
    }
    await expect(runStages([fails], { root })).rejects.toThrow('no')
    await expect(runStages([fails], { root })).rejects.toThrow('no')
  })

  it('asks for space before it makes anything', async () => {
    const root = folder.make('full')
    const greedy = { name: 'greedy', bytes: 1e18, done: () => false, make: () => expect.unreachable() }
    await expect(runStages([greedy], { root })).rejects.toThrow(/^no space for greedy: .*full has [\d.]+ GB free/)
  })
})

describe('makeFolder', () => {
  it('leaves nothing of one that failed', async () => {
    const place = folder.make('places')
    const failing = makeFolder(join(place, 'a'), (temporary: string) => {
      writeFileSync(join(temporary, 'half'), '')
      throw new Error('interrupted')
    })
    await expect(failing).rejects.toThrow('interrupted')
    expect(readdirSync(place)).toEqual([])
  })

  it('lets the first of two win', async () => {
    const place = join(folder.make('race'), 'a')
    await makeFolder(place, async (temporary: string) => {
      writeFileSync(join(temporary, 'mine'), '')
      await makeFolderElsewhere(place)
    })
    expect(existsSync(join(place, 'theirs'))).toBe(true)
  })
})

/** As another process would. */
async function makeFolderElsewhere(place: string) {
  const { mkdirSync } = await import('node:fs')
  mkdirSync(place)
  writeFileSync(join(place, 'theirs'), '')
}

describe('cachePlace', () => {
  it('is in the clone', () => expect(cachePlace(folder.make('clone'), '')).toMatch(/clone\/\.cache$/))

  it.runIf(isRoot)('is elsewhere for root in a clone that the rooms’ user cannot enter', () => {
    chmodSync(folder.make('closed'), 0o700)
    expect(cachePlace(folder.make('closed/clone'), '')).toBe('/var/cache/kraftlab')
    expect(() => cachePlace('/', folder.make('closed/cache'))).toThrow(/rooms run as uid \d+ and cannot read there/)
  })
})
