/**
 * The lessons are true: whoever follows one, command by command, sees what it shows and finishes its lab. Those of one
 * module here, all of them in the soak run. `labs lesson` does the same for one lesson, with the differences.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FOLLOWED, followLessons, type LessonPlay, roomsOfLessons } from '#labs/cli/lesson.ts'
import { printPlay } from '#labs/cli/lesson-report.ts'
import { type Server, startServer } from '#labs/cli/server.ts'
import { SOAK } from '../support/soak.ts'

/** The quickest: JMX, a broker fenced, the active controller killed, leaders moved back. */
const MODULE = 'production'
/** The longest waits for the cleaner twice; one that is stuck waits for its own limits, and says at which command. */
const ROOM_LIMIT_MS = 10 * 60_000

const rooms = (await roomsOfLessons()).filter(({ lessons }) => SOAK || lessons.some(({ module }) => module === MODULE))
const plays: LessonPlay[] = []
let server: Server

beforeAll(async () => {
  server = await startServer(process.cwd(), FOLLOWED)
})
afterAll(async () => {
  await server?.stop()
})

test.each(rooms)(
  'what the lessons in the room of $lab show is what comes',
  async (room) => {
    const followed = await followLessons(process.cwd(), server.url, room, { log: () => undefined })
    plays.push(...followed)
    expect(followed.filter(({ found }) => found.length > 0).map(printPlay)).toEqual([])
    expect(followed.map(({ lesson }) => lesson)).toEqual(room.lessons.map(({ course, slug }) => `${course}/${slug}`))
  },
  ROOM_LIMIT_MS,
)

test('something was run and compared', () => {
  const count = (of: (play: LessonPlay) => number) => plays.reduce((sum, play) => sum + of(play), 0)
  const [commands, outputs] = [count((play) => play.commands), count((play) => play.outputs)]
  const left = plays.flatMap(({ lesson, skipped }) =>
    skipped.map((one) => `  ${lesson}, line ${one.line}: ${one.reason}\n`),
  )
  process.stdout.write(
    `${plays.length} lessons followed: ${commands} commands, ${outputs} outputs; left out: ${left.length}\n${left.join('')}`,
  )
  expect(commands).toBeGreaterThan(0)
  expect(outputs).toBeGreaterThan(0)
})
