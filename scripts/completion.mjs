/**
 * Asks every tool of the current Kafka for its options, for bash completion. `node scripts/completion.mjs` prints what
 * labs/kafka/distribution/4.3.1/options.bash holds: to be done anew for another version of Kafka.
 */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { inSandbox } from './setup/sandbox.mjs'

const TOOL_MS = 20_000
const AT_A_TIME = 2
/** Those that only start or stop, and take their file or class as it is. */
const NOT_ASKED = /^(kafka-server-stop|kafka-run-class|connect-(distributed|standalone)|trogdor)$/

/**
 * @param {import('../config/installation.ts').Installation} installation
 * @returns {Promise<string>} two bash tables: options and actions by tool
 */
export async function completionTable(context, home = context.kafka.home) {
  const tools = readdirSync(`${home}/bin`).filter((name) => !/\.sh$|^launcher$/.test(name) && !NOT_ASKED.test(name))
  const options = {}
  const actions = {}
  const waiting = [...tools]
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      for (let tool = waiting.shift(); tool; tool = waiting.shift()) {
        const help = await ask(context, home, [tool, '--help'])
        const found = optionsOf(help)
        actions[tool] = actionsOf(help)
        for (const action of actions[tool]) {
          for (const option of optionsOf(await ask(context, home, [tool, action, '--help']))) found.add(option)
        }
        options[tool] = [...found].sort()
      }
    }),
  )
  options['kafka-server-start'] = ['-daemon', '--override', '--version']
  options['kafka-server-stop'] = ['--process-role=', '--node-id=']
  for (const tool of ['connect-distributed', 'connect-standalone']) options[tool] = ['-daemon']
  actions.trogdor = ['agent', 'coordinator', 'client', 'agent-client']
  return `${table('__kafka_options', options)}${table('__kafka_actions', actions)}`
}

const optionsOf = (help) =>
  new Set([...help.matchAll(/(?:^|[\s[(,|])(--[a-z][a-z0-9.-]*[a-z0-9])/gm)].map(([, option]) => option))

/** argparse lists sub-commands in braces on the usage line, or below the word COMMAND. */
function actionsOf(help) {
  const usage = help.match(/^usage:[\s\S]*?(?:\n\n|$)/)?.[0] ?? ''
  const braces = [...usage.matchAll(/(?:^|\s)\{([a-z][a-z0-9,\s-]*)\}/g)].at(-1)?.[1]
  if (braces) return braces.split(',').map((action) => action.trim())
  const below = help.match(/^ {2}COMMAND\n((?: {4}.*\n?)*)/m)?.[1] ?? ''
  return [...below.matchAll(/^ {4}([A-Za-z][A-Za-z-]*)(?: |$)/gm)].map(([, action]) => action)
}

const table = (name, entries) =>
  `declare -gA ${name}=(\n${Object.entries(entries)
    .filter(([, words]) => words.length > 0)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([tool, words]) => `  [${tool}]='${words.join(' ')}'\n`)
    .join('')})\n`

function ask(context, home, argv) {
  const binds = ['--ro-bind', home, '/opt/kafka']
  const [command, ...rest] = inSandbox(context, binds, [`/opt/kafka/bin/${argv[0]}`, ...argv.slice(1)])
  const child = spawn(command, rest, {
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TOOL_MS,
    killSignal: 'SIGKILL',
  })
  let says = ''
  child.stdout.on('data', (chunk) => (says += chunk))
  child.stderr.on('data', (chunk) => (says += chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => resolve(says))
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const installation = JSON.parse(readFileSync('dist/installation.json', 'utf8'))
  process.stdout.write(await completionTable(installation))
}
