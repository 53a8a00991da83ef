/** `npm run labs -- list | verify | lesson | record | run`. Results on stdout, progress on stderr. */
import { parseArgs } from 'node:util'
import { readEnvironment } from '#config/environment.ts'
import { loadCatalog } from '#labs/engine/catalog.ts'
import { FOLLOWED, followLessons, roomsOfLessons } from './lesson.ts'
import { printPlay } from './lesson-report.ts'
import { record } from './record.ts'
import { runInRoom } from './run.ts'
import { startServer } from './server.ts'
import { findLab } from './solve.ts'
import { verify } from './verify.ts'

const USAGE = `usage: npm run --silent labs -- list [--json]
       npm run --silent labs -- verify SLUG... [--all] [--sample] [--variant NAME] [--jobs N] [--json]
       npm run --silent labs -- lesson COURSE/LESSON... [--outputs]
       npm run --silent labs -- record SLUG [--variant NAME] [--out FILE]
       npm run --silent labs -- run SLUG [--variant NAME] [--host HOST] -- COMMAND...`

const { root } = readEnvironment()
const log = (line: string) => process.stderr.write(`${line}\n`)

async function main([command, ...rest]: string[]): Promise<number> {
  switch (command) {
    case 'list':
      return list(rest)
    case 'verify':
      return verifyLabs(rest)
    case 'lesson':
      return followLesson(rest)
    case 'record':
      return recordLab(rest)
    case 'run':
      return runCommand(rest)
    default:
      log(USAGE)
      return 2
  }
}

async function list(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { json: { type: 'boolean', default: false } } })
  const { labs, problems } = await loadCatalog(root)
  const rows = [...labs.values()].map(({ slug, title, course, module, steps, minutes }) => ({
    slug,
    title,
    course,
    module,
    steps: steps.length,
    checks: steps.reduce((sum, step) => sum + step.checks.length + (step.ask ? 1 : 0), 0),
    minutes,
  }))
  for (const { path, field, reason } of problems) log(`${path}: ${field}: ${reason}`)
  if (values.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`)
  else for (const row of rows) process.stdout.write(`${row.slug.padEnd(28)}${row.title} (${row.minutes} min)\n`)
  return 0
}

async function verifyLabs(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      all: { type: 'boolean', default: false },
      sample: { type: 'boolean', default: false },
      variant: { type: 'string' },
      jobs: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  })
  const jobs = Number(values.jobs)
  const slugs = values.all ? [...(await loadCatalog(root)).labs.keys()] : positionals
  if (slugs.length === 0 || !Number.isInteger(jobs) || jobs < 1) {
    log(USAGE)
    return 2
  }
  const results = await verify(root, slugs, {
    jobs,
    variant: values.variant ?? null,
    sample: values.all || values.sample,
    log,
  })
  process.stdout.write(`${JSON.stringify(results, null, values.json ? 2 : 0)}\n`)
  return results.every(({ passed }) => passed) ? 0 : 1
}

/** With the lessons before it that share its room. */
async function followLesson(args: string[]): Promise<number> {
  const options = { outputs: { type: 'boolean', default: false } } as const
  const { values, positionals: names } = parseArgs({ args, allowPositionals: true, options })
  const rooms = await roomsOfLessons()
  const nameOf = (one: { course: string; slug: string }) => `${one.course}/${one.slug}`
  const wanted = names.map((name) => {
    const room = rooms.find(({ lessons }) => lessons.some((one) => nameOf(one) === name))
    if (!room) throw new Error(`there is no lesson ${name} with a lab`)
    return { ...room, lessons: room.lessons.slice(0, room.lessons.findIndex((one) => nameOf(one) === name) + 1) }
  })
  if (wanted.length === 0) {
    log(USAGE)
    return 2
  }
  const server = await startServer(root, FOLLOWED)
  try {
    const plays = []
    for (const room of wanted)
      plays.push(...(await followLessons(root, server.url, room, { log, ...(values.outputs ? { outputs: log } : {}) })))
    for (const play of plays) process.stdout.write(printPlay(play))
    return plays.every(({ found }) => found.length === 0) ? 0 : 1
  } finally {
    await server.stop()
  }
}

async function recordLab(args: string[]): Promise<number> {
  const options = { out: { type: 'string' }, variant: { type: 'string' } } as const
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options })
  const [slug] = positionals
  if (!slug || positionals.length > 1) {
    log(USAGE)
    return 2
  }
  const lab = await findLab(root, slug, values.variant)
  await record(root, lab, values.out ?? `${[slug, ...(lab.variant ? [lab.variant] : [])].join('.')}.ndjson`, log)
  return 0
}

async function runCommand(args: string[]): Promise<number> {
  const dashes = args.indexOf('--')
  if (dashes < 0 || dashes === args.length - 1) {
    log(USAGE)
    return 2
  }
  const { values, positionals } = parseArgs({
    args: args.slice(0, dashes),
    allowPositionals: true,
    options: { host: { type: 'string' }, variant: { type: 'string' } },
  })
  const [slug] = positionals
  if (!slug || positionals.length > 1) {
    log(USAGE)
    return 2
  }
  const lab = await findLab(root, slug, values.variant)
  return runInRoom(root, lab, values.host ?? null, args.slice(dashes + 1))
}

main(process.argv.slice(2)).then(
  (status) => process.exit(status),
  (error) => {
    log(error instanceof Error ? error.message : String(error))
    process.exit(2)
  },
)
