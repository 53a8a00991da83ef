import { answer, defineWrong, fault, run, waitFor } from '#labs/engine/solution.ts'
import type { LabSessionState } from '#labs/protocol/live.ts'

const META = '/var/lib/kafka/data/__cluster_metadata-0'
const FIRST = '00000000000000000000'
const ON_CONTROLLER = { host: 'controller-1' }
const node = (see: LabSessionState, wanted: string) => see.clusters[0]!.nodes.find(({ host }) => host === wanted)

export default defineWrong({
  up: {
    why: 'the controller alone: nobody serves yet',
    do: [
      fault({ action: 'start', host: 'controller-1' }),
      waitFor((see) => see.clusters[0]?.leader === 101, 'controller-1 leads'),
    ],
  },
  'two-snapshots': {
    why: 'files of such names, made by hand: the log on the wire is not that long',
    do: [
      fault({ action: 'start', host: 'controller-1' }),
      waitFor((see) => see.clusters[0]?.leader === 101, 'controller-1 leads'),
      run(
        `cp ${META}/${FIRST}-0000000000.checkpoint ${META}/00000000000000005000-0000000001.checkpoint`,
        ON_CONTROLLER,
      ),
      run(
        `cp ${META}/${FIRST}-0000000000.checkpoint ${META}/00000000000000006000-0000000001.checkpoint`,
        ON_CONTROLLER,
      ),
    ],
  },
  'start-rose': {
    why: 'the oldest files removed by hand: the leader’s log still begins at 0',
    do: [run(`rm ${META}/${FIRST}-0000000000.checkpoint`, ON_CONTROLLER)],
  },
  'files-went': {
    why: 'the oldest files renamed by hand, as the cleaner would',
    do: [
      run(
        `cd ${META} && mv ${FIRST}-0000000000.checkpoint ${FIRST}-0000000000.checkpoint.deleted && mv ${FIRST}.log ${FIRST}.log.deleted; cd`,
        ON_CONTROLLER,
      ),
    ],
  },
  'clean-answer': {
    why: 'where the oldest segment began when the cluster was young',
    do: [answer('clean', '0')],
  },
  joined: {
    why: 'it runs, but no link reaches it',
    do: [
      fault({ action: 'isolate', host: 'broker-2' }),
      fault({ action: 'start', host: 'broker-2' }),
      waitFor((see) => node(see, 'broker-2')?.process === 'running', 'broker-2 running'),
    ],
  },
})
