/** `npm run db -- rebuild`: rows about labs, made again from the histories. Learners, sign-ins and lessons stay. */
import { readEnvironment } from '#config/environment.ts'
import { openDatabase } from '#data/database.ts'
import { rebuildLabSessions } from '#data/rebuild.ts'
import { readStories } from '#labs/gateway/stories.ts'

const USAGE = 'usage: npm run db -- rebuild'
const log = (line: string) => process.stderr.write(`${line}\n`)

async function main(args: string[]): Promise<number> {
  if (args.length !== 1 || args[0] !== 'rebuild') {
    log(USAGE)
    return 2
  }
  const environment = readEnvironment()
  const { stories, problems } = await readStories(environment.data)
  for (const problem of problems) log(problem)
  const database = openDatabase(environment)
  try {
    const { rebuilt, withoutLearner } = await rebuildLabSessions(database, stories)
    for (const id of withoutLearner) log(`lab session ${id}: its learner is not in the database any more`)
    log(`${rebuilt} lab sessions rebuilt from ${environment.data}/lab-sessions`)
  } finally {
    await database.$disconnect()
  }
  return problems.length > 0 ? 1 : 0
}

main(process.argv.slice(2)).then(
  (status) => process.exit(status),
  (error) => {
    log(error instanceof Error ? error.message : String(error))
    process.exit(1)
  },
)
