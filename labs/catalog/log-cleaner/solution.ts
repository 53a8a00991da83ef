import { answer, defineSolution, hasPassed, predict, run, waitFor } from '#labs/engine/solution.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'

const META = '/var/lib/kafka/data/__cluster_metadata-0'
const ON_CONTROLLER = { host: 'controller-1' }
/** The cleaner's minute, and what a busy machine takes. */
const RUN_LIMIT_MS = 90_000

const checkOf = (see: LabSessionState, wanted: string) =>
  see.steps.flatMap(({ checks }) => checks).find(({ id }) => id === wanted)

export default defineSolution({
  start: [
    predict('start', '3'),
    run('./bin/kafka-server-start -daemon config/controller.properties', ON_CONTROLLER),
    run('./bin/kafka-server-start -daemon config/broker.properties', { host: 'broker-1' }),
    waitFor(hasPassed('two-snapshots'), 'two snapshots', RUN_LIMIT_MS),
  ],
  clean: [
    predict('clean', 'segment'),
    waitFor(hasPassed('files-went'), 'the run of the cleaner', RUN_LIMIT_MS),
    run(`ls ${META}`, ON_CONTROLLER),
    answer(
      'clean',
      (see) => /begins at (\d+)|ends at (\d+), and there/.exec(checkOf(see, 'files-went')?.says ?? '')?.at(-1) ?? '',
    ),
  ],
  late: [
    predict('late', 'start'),
    run('./bin/kafka-server-start -daemon config/broker.properties', { host: 'broker-2' }),
  ],
})
