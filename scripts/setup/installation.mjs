/** dist/installation.json, which tells all parts what set-up made here; its shape is config/installation.ts. */
import { join } from 'node:path'
import { roomInstallation } from './build.mjs'
import { readIfThere, writeWhole } from './files.mjs'
import { javascriptInstallation, nodeInstallation } from './javascript.mjs'
import { kafkaInstallation } from './kafka.mjs'
import { pythonInstallation } from './python.mjs'

const path = (root) => join(root, 'dist/installation.json')

const describe = (context) =>
  `${JSON.stringify(
    {
      root: context.root,
      cache: context.cache,
      node: nodeInstallation(context),
      java: { home: context.java.home, version: context.java.version },
      kafka: kafkaInstallation(context),
      python: pythonInstallation(context),
      javascript: javascriptInstallation(context),
      room: roomInstallation(context),
      roomUser: context.roomUser,
    },
    null,
    2,
  )}\n`

export const installation = {
  name: 'installation',
  done: (context) => readIfThere(path(context.root)) === describe(context),
  make: (context) => writeWhole(path(context.root), describe(context)),
}
