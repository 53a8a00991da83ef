/** The rooms' Python: a venv of the system's python3 with packages pinned by hash, bound as /opt/python. */
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { hash, hashFiles, makeFolder } from './files.mjs'
import { run } from './stage.mjs'

/** Not the first of PATH: a room has none but the system's. */
const PYTHON = '/usr/bin/python3'
const REQUIREMENTS = 'labs/sandbox/python/requirements.txt'
const PIP_MS = 10 * 60_000
/** Where rooms see it. */
const PLACE = '/opt/python'

const venv = (context) =>
  join(
    context.cache,
    `python-${hash(realpathSync(PYTHON), hashFiles(context.root, [REQUIREMENTS, 'scripts/setup/python.mjs']))}`,
  )

export const pythonVenv = {
  name: 'Python packages',
  done: (context) => existsSync(venv(context)),
  make: (context) =>
    makeFolder(venv(context), async (temporary) => {
      await run(context, 'python-venv', [PYTHON, '-m', 'venv', temporary])
      await run(
        context,
        'python-pip',
        [
          join(temporary, 'bin/python3'),
          '-m',
          'pip',
          'install',
          '--require-hashes',
          '-r',
          join(context.root, REQUIREMENTS),
        ],
        { timeoutMs: PIP_MS, fails: 'pip could not install the Python packages: is PyPI reachable?' },
      )
      relocate(temporary)
    }),
}

/** Scripts of a venv name its own path: they get the one that rooms see. */
function relocate(folder) {
  for (const name of readdirSync(join(folder, 'bin'))) {
    const path = join(folder, 'bin', name)
    if (lstatSync(path).isSymbolicLink()) {
      if (readlinkSync(path).startsWith(folder)) rmSync(path)
      continue
    }
    const text = readFileSync(path, 'utf8')
    if (text.includes(folder)) writeFileSync(path, text.replaceAll(folder, PLACE))
  }
  const settings = join(folder, 'pyvenv.cfg')
  writeFileSync(settings, readFileSync(settings, 'utf8').replaceAll(folder, PLACE))
}

export const pythonInstallation = venv
