/** `next build`, when something that it reads has changed. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { hashFiles, stamped, writeWhole } from './files.mjs'
import { run } from './stage.mjs'

const INPUTS = [
  ...[
    'app',
    'components',
    'content',
    'lessons',
    'raft',
    'messages',
    'data',
    'config',
    'labs/protocol',
    'public',
    'i18n',
    'lib',
  ],
  ...['generated', 'next.config.mjs', 'postcss.config.mjs', 'tsconfig.json', 'package-lock.json', 'proxy.ts'],
]
const BUILD_MS = 10 * 60_000

const stamp = (root) => join(root, '.next/.kraftlab')

export const site = {
  name: 'site',
  done: ({ root }) =>
    !hasPages(root) || (stamped(stamp(root), hashFiles(root, INPUTS)) && existsSync(join(root, '.next/BUILD_ID'))),
  make: async (context) => {
    const before = hashFiles(context.root, INPUTS)
    await run(context, 'next-build', [process.execPath, 'node_modules/next/dist/bin/next', 'build'], {
      env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', KRAFTLAB_ROOT: context.root },
      timeoutMs: BUILD_MS,
      fails: 'the site could not be built',
    })
    writeWhole(stamp(context.root), before)
  },
}

const hasPages = (root) => ['app/layout.tsx', 'app/[locale]/layout.tsx'].some((path) => existsSync(join(root, path)))
