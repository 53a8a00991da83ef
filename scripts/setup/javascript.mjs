/** The rooms' JavaScript: packages by their own lock file, bound as /opt/javascript; and a Node that rooms may run. */
import { chmodSync, copyFileSync, existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { hash, hashFiles, makeFolder } from './files.mjs'
import { nodedir } from './npm.mjs'
import { reachable } from './places.mjs'
import { run } from './stage.mjs'

const SOURCE = 'labs/sandbox/javascript'
const NPM_MS = 10 * 60_000
const FILES = ['package.json', 'package-lock.json']

export const javascriptInstallation = (context) =>
  join(
    context.cache,
    `javascript-${hash(
      process.versions.modules,
      hashFiles(
        context.root,
        FILES.map((name) => `${SOURCE}/${name}`),
      ),
    )}`,
  )

export const javascriptPackages = {
  name: 'JavaScript packages of the rooms',
  done: (context) => existsSync(javascriptInstallation(context)),
  make: (context) =>
    makeFolder(javascriptInstallation(context), async (temporary) => {
      for (const name of FILES) copyFileSync(join(context.root, SOURCE, name), join(temporary, name))
      await run(context, 'javascript', ['npm', 'ci', '--ignore-scripts', '--omit=dev', '--omit=optional'], {
        cwd: temporary,
        env: { ...process.env, ...nodedir() },
        timeoutMs: NPM_MS,
        fails: 'npm could not install the packages of the rooms: is the npm registry reachable?',
      })
    }),
}

const copiedNode = (context) =>
  join(context.cache, `node-${process.versions.node}-${hash(realpathSync(process.execPath))}`)

/** Not needed for a Node in /usr; needed for one in /root/.nvm. */
export const nodeBinary = {
  name: 'a Node for the rooms',
  done: (context) => reachable(realpathSync(process.execPath)) || existsSync(copiedNode(context)),
  make: (context) =>
    makeFolder(copiedNode(context), (temporary) => {
      copyFileSync(realpathSync(process.execPath), join(temporary, 'node'))
      chmodSync(join(temporary, 'node'), 0o755)
    }),
}

export const nodeInstallation = (context) =>
  reachable(realpathSync(process.execPath)) ? realpathSync(process.execPath) : join(copiedNode(context), 'node')
