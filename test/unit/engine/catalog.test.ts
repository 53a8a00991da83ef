import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { labFiles, loadCatalog } from '#labs/engine/catalog.ts'
import type { Lab } from '#labs/engine/define.ts'
import { temporaryFolder } from '../../support/temporary.ts'

async function put(root: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), text)
}

test('a lab with a mistake names path, field and reason; the others still load', async () => {
  const root = await temporaryFolder()
  await put(root, 'dist/catalog/good/lab.mjs', `export default { slug: 'good', steps: [] }`)
  await put(root, 'dist/catalog/renamed/lab.mjs', `export default { slug: 'other', steps: [] }`)
  await put(root, 'dist/catalog/throws/lab.mjs', `throw new Error('no such thing')`)
  const issues = `Object.assign(new Error('x'), { issues: [{ path: ['steps', 0, 'title'], message: 'too short' }] })`
  await put(root, 'dist/catalog/mistaken/lab.mjs', `throw ${issues}`)
  const notBuilt = { path: 'labs/catalog/unbuilt/lab.ts', field: 'line 3, column 7', reason: 'Expected ")"' }
  await put(root, 'dist/catalog/unbuilt/problem.json', JSON.stringify(notBuilt))

  const { labs, problems } = await loadCatalog(root)
  expect([...labs.keys()]).toEqual(['good'])
  expect(problems).toEqual([
    { slug: 'mistaken', path: 'labs/catalog/mistaken/lab.ts', field: 'steps.0.title', reason: 'too short' },
    {
      slug: 'renamed',
      path: 'labs/catalog/renamed/lab.ts',
      field: 'slug',
      reason: 'must be "renamed", the name of its folder',
    },
    { slug: 'throws', path: 'labs/catalog/throws/lab.ts', field: '(whole)', reason: 'no such thing' },
    { slug: 'unbuilt', ...notBuilt },
  ])
})

test("a lab's home folders lie in its hosts as they are", async () => {
  const root = await temporaryFolder()
  await put(root, 'labs/catalog/l/home/broker-1/clients/a.py', 'print(1)\n')
  await put(root, 'labs/catalog/l/home/nobody/b', 'not of a host')
  const lab = { slug: 'l', hosts: [{ name: 'broker-1', address: 11 }] } as Lab
  expect(await labFiles(root, lab)).toEqual([
    { host: 'broker-1', path: '/home/learner/clients/a.py', text: 'print(1)\n' },
  ])
})
