/** `npm test`: set-up, then every check and test; the last line counts them. `--soak` runs the long ones in full. */
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { main, setUp } from './setup/index.mjs'

const MINUTE_MS = 60_000
const CHECK_LIMIT_MS = 3 * MINUTE_MS
const TESTS_LIMIT_MS = 14 * MINUTE_MS
/** All near misses of all labs, and all lessons. */
const SOAK_LIMIT_MS = 300 * MINUTE_MS
/** After being asked to end. */
const KILL_AFTER_MS = 20_000

const soak = process.argv.includes('--soak')

const SOURCES = ['app', 'components', 'config', 'content', 'data', 'labs', 'raft', 'supervisor', 'scripts', 'test']
/** Each counts as one test. */
const CHECKS = {
  lint: ['biome', 'check', '--error-on-warnings', '.'],
  types: ['tsc', '--noEmit'],
  'dead code': ['knip'],
  'dependency rules': ['depcruise', '--config', '.dependency-cruiser.cjs', ...SOURCES],
}

await main('test', async () => {
  const { root } = await setUp({ forTests: true, data: null })
  const count = { passed: 0, failed: 0 }
  process.stdout.write(`== ${Object.keys(CHECKS).join(', ')}, and the tests\n`)
  // Beside the tests: the first of them mostly wait. What a check says would be lost between the lines of others.
  const checks = Object.entries(CHECKS).map(async ([name, [command, ...args]]) => {
    let said = ''
    const argv = [join(root, 'node_modules/.bin', command), ...args]
    const status = await run(root, argv, CHECK_LIMIT_MS, (text) => {
      said += text
    })
    count[status === 0 ? 'passed' : 'failed'] += 1
    process.stdout.write(`${said}== ${name}: ${status === 0 ? 'passed' : 'failed'}\n`)
  })
  const [{ passed, failed }] = await Promise.all([vitest(root), ...checks])
  count.passed += passed
  count.failed += failed
  process.stdout.write(`${count.passed} passed, ${count.failed} failed\n`)
  process.exitCode = count.failed > 0 ? 1 : 0
})

async function vitest(root) {
  const report = join(root, 'dist/logs/vitest.json')
  mkdirSync(join(root, 'dist/logs'), { recursive: true })
  rmSync(report, { force: true })
  const argv = [
    join(root, 'node_modules/.bin/vitest'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]
  const status = await run(root, argv, soak ? SOAK_LIMIT_MS : TESTS_LIMIT_MS)
  let result
  try {
    result = JSON.parse(readFileSync(report, 'utf8'))
  } catch (error) {
    process.stderr.write(`the tests ended with ${status} and left no report: ${error.message}\n`)
    return { passed: 0, failed: 1 }
  }
  // a file that could not be loaded has no tests to count, and fails as one
  const notLoaded = result.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed'),
  )
  const failed = result.numFailedTests + notLoaded.length
  return { passed: result.numPassedTests, failed: status !== 0 && failed === 0 ? 1 : failed }
}

/**
 * @param {(text: string) => void} [hear] gets what it says; left out, that goes where ours goes
 * @returns {Promise<number>} exit status; 124 if it took too long
 */
function run(root, [command, ...args], limitMs, hear) {
  const env = { ...process.env, KRAFTLAB_SOAK: soak ? '1' : '0', FORCE_COLOR: process.stdout.isTTY ? '1' : '0' }
  const output = hear ? 'pipe' : 'inherit'
  const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', output, output] })
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', hear)
  let late = false
  const limit = setTimeout(() => {
    late = true
    process.stderr.write(`${args[0] ?? command} took longer than ${limitMs / MINUTE_MS} minutes and is ended\n`)
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS).unref()
  }, limitMs)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => {
      clearTimeout(limit)
      resolve(late ? 124 : (status ?? 1))
    })
  })
}
