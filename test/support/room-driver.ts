/** Run as another user by test/support/room.ts: starts a room as that user, then leaves it to the test, or ends it. */
import { roomsRunDirectory, startRoom } from '#labs/sandbox/room.ts'

const { plan, installation, data, graceMs, ends } = JSON.parse(process.argv[2] ?? '')
const runDir = roomsRunDirectory(data)
const room = await startRoom(plan, { installation, runDir, graceMs })
if (ends) await room.end()
else room.leave()
process.stdout.write(runDir)
process.exit(0)
