import { expect, test } from 'vitest'
import { compareTrees } from '#labs/kafka/metadata/compare.ts'
import type { MetadataTree } from '#labs/kafka/metadata/image.ts'
import { broker, config, imageOf, partition, partitionChange, recordsFrom, topic } from '#test/support/metadata-log.ts'

function changes(...records: Parameters<typeof imageOf>) {
  const image = imageOf(
    topic('orders'),
    partition('orders', 0, [1, 2]),
    partition('orders', 1, [2, 1]),
    broker(1),
    config(2, 'orders', 'a', '1'),
  )
  const before = image.tree()
  for (const record of recordsFrom(image.endOffset, ...records)) image.apply(record)
  return compareTrees(before, image.tree())
}

test('a change of a leaf is told as that leaf, in the order of the tree', () => {
  expect(changes(config(2, 'orders', 'a', '2'), partitionChange('orders', 1, { isr: [1], leader: 1 }))).toEqual([
    { path: ['topics', 'orders', 'partitions', '1', 'leader'], kind: 'changed', was: 2, is: 1 },
    { path: ['topics', 'orders', 'partitions', '1', 'leaderEpoch'], kind: 'changed', was: 0, is: 1 },
    { path: ['topics', 'orders', 'partitions', '1', 'partitionEpoch'], kind: 'changed', was: 0, is: 1 },
    { path: ['topics', 'orders', 'partitions', '1', 'isr'], kind: 'changed', was: [2, 1], is: [1] },
    { path: ['configs', 'topic orders', 'a'], kind: 'changed', was: '1', is: '2' },
  ])
})

test('what came or went is one change with all that it has', () => {
  const found = changes(
    ['REMOVE_TOPIC_RECORD', { topicId: 'id of orders' }],
    topic('zebras'),
    topic('apples'),
    partition('zebras', 0, [1]),
  )
  expect(found.map(({ path, kind }) => [kind, ...path].join(' '))).toEqual([
    'added topics apples',
    'removed topics orders',
    'added topics zebras',
    'removed configs topic orders',
  ])
  expect(found[1]).toMatchObject({ was: { id: 'id of orders', partitions: { '0': { leader: 1 } } } })
  expect(found[1]).not.toHaveProperty('is')
  expect(found[2]).toMatchObject({ is: { partitions: { '0': { leader: 1 } } } })
  expect(found[2]).not.toHaveProperty('was')
})

test('a topic of the same name with another id is another one', () => {
  const found = changes(
    ['REMOVE_TOPIC_RECORD', { topicId: 'id of orders' }],
    ['TOPIC_RECORD', { name: 'orders', topicId: 'new' }],
  )
  expect(found.slice(0, 2).map(({ path, kind }) => [kind, ...path].join(' '))).toEqual([
    'removed topics orders',
    'added topics orders',
  ])
})

test('equal trees have no difference, also where nothing is shared and keys are in another order', () => {
  expect(changes()).toEqual([])
  const one = { a: { x: [1, 'y', null] }, b: 1 }
  expect(compareTrees(one, structuredClone(one))).toEqual([])
  expect(compareTrees(one, { b: 1, a: { x: [1, 'y', null] } })).toEqual([])
  expect(compareTrees({ a: null }, { a: 0 })).toEqual([{ path: ['a'], kind: 'changed', was: null, is: 0 }])
})

test('a map in place of a leaf, and names that objects have anyway', () => {
  expect(compareTrees({ a: 1 }, { a: { b: 1 } })).toEqual([{ path: ['a'], kind: 'changed', was: 1, is: { b: 1 } }])
  const proto = JSON.parse('{"__proto__": {"id": "1"}}') as MetadataTree
  expect(compareTrees({}, proto)).toEqual([{ path: ['__proto__'], kind: 'added', is: { id: '1' } }])
  expect(compareTrees({ constructor: 1 }, {})).toEqual([{ path: ['constructor'], kind: 'removed', was: 1 }])
})

test('numbers stand in their order, also those of what is gone', () => {
  const tree = (...ids: number[]) => Object.fromEntries(ids.map((id) => [`${id}`, id]))
  expect(compareTrees(tree(2, 9, 10), tree(1, 9, 11)).map(({ path }) => path[0])).toEqual(['1', '2', '10', '11'])
})
