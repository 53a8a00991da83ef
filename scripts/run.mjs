/** `npm run NAME -- ...`: what set-up has to add goes to stderr, so that stdout is the program's alone. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { main, setUp } from './setup/index.mjs'
import { SetupError } from './setup/stage.mjs'

/** Only these start Kraftlab itself, and so need its pages. */
function needsTheSite(name, args) {
  const command = args.find((one) => !one.startsWith('-'))
  if (name === 'labs') return command === 'verify' || command === 'lesson'
  return name === 'bench' && command !== undefined && command !== 'decode'
}

const [name = '', ...args] = process.argv.slice(2)
await main(name || 'run', async () => {
  const { root } = await setUp({ data: null, site: needsTheSite(name, args) })
  const program = join(root, 'dist', `${name}.mjs`)
  if (!existsSync(program)) throw new SetupError(`there is no program "${name}" (${program})`)
  process.env.KRAFTLAB_ROOT = root
  // the files that it is given are named from where the person is, which npm leaves
  if (name === 'metadata' && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD)
  // in this very process: arguments, signals, terminal and exit status are its own
  process.argv = [process.execPath, program, ...args]
  await import(program)
})
