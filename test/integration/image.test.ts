/** Kafka's own snapshots hold what our image of the log before them holds: after every kind of change to a real cluster. */
import { basename } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { compareTrees } from '#labs/kafka/metadata/compare.ts'
import { type ImageRecord, MetadataImage } from '#labs/kafka/metadata/image.ts'
import { decodeFile } from '../support/decoded.ts'
import { ChangingCluster } from '../support/every-change.ts'
import { INSTALLED } from '../support/kafka-versions.ts'
import { SOAK } from '../support/soak.ts'

const imageOf = (records: readonly ImageRecord[], image = new MetadataImage()) => {
  for (const record of records) image.apply(record)
  return image
}

// The same cluster is made for the decoder's test, which runs always.
it.runIf(SOAK)(
  'a snapshot is the state at its end, and with the log behind it the state that the whole log makes',
  async () => {
    const cluster = await ChangingCluster.make(INSTALLED)
    onTestFinished(() => cluster.remove())
    await cluster.start()
    await cluster.everyChange()

    const files = cluster.files()
    const recordsOf = async (path: string) =>
      (await decodeFile(path, cluster.schemas)).flatMap(({ records }) => records)
    const log = (await Promise.all(files.filter((path) => path.endsWith('.log')).map(recordsOf))).flat()
    expect(log[0]?.offset, 'nothing was cleaned').toBe(0)
    const whole = imageOf(log)
    expect(whole.says).toBe('')
    const sections = Object.entries(whole.tree())
    const filled = sections.filter(([, section]) => Object.keys(section as object).length > 0).map(([name]) => name)
    expect(filled, 'of all kinds there is something').toEqual(sections.map(([name]) => name))

    const snapshots = files
      .filter((path) => path.endsWith('.checkpoint'))
      .map((path) => ({ path, end: Number(basename(path).slice(0, 20)), epoch: Number(basename(path).slice(21, 31)) }))
      .filter(({ end }) => end > 0)
    expect(snapshots.length).toBeGreaterThan(1)
    for (const { path, end, epoch } of snapshots) {
      const image = imageOf((await recordsOf(path)).map((record) => ({ ...record, offset: end - 1, epoch })))
      const replayed = imageOf(log.filter(({ offset }) => offset < end))
      expect(compareTrees(replayed.tree(), image.tree()), path).toEqual([])
      expect([image.endOffset, image.epoch, image.timestamp, image.says], path).toEqual([
        replayed.endOffset,
        replayed.epoch,
        replayed.timestamp,
        '',
      ])
      const after = log.filter(({ offset }) => offset >= end)
      expect(compareTrees(whole.tree(), imageOf(after, image).tree()), path).toEqual([])
    }
  },
)
