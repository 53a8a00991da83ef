import { defineSolution, hasPassed, predict, run, waitFor } from '#labs/engine/solution.ts'
import { brokersUnfenced } from '../nodes.ts'

const CLIENT = { host: 'client' }
export const groupsTool = (what: string, group = 'billing') =>
  run(`./bin/kafka-consumer-groups --bootstrap-server node-1:9092 --group ${group} ${what}`, CLIENT)
/** Of so many records the consumer leaves behind the last one, else when it has waited in vain. */
export const read = (until: `--max-messages ${number}` | '--timeout-ms 15000') =>
  run(
    `./bin/kafka-console-consumer --bootstrap-server node-1:9092 --topic orders --group billing --from-beginning ${until}`,
    CLIENT,
  )
/** Into $at: the time of the first, or the last, record that begins so, as the tool wants it. */
export const timeOf = (which: 'head' | 'tail', release: string) =>
  run(
    `ms=$(./bin/kafka-console-consumer --bootstrap-server node-1:9092 --topic orders --from-beginning --max-messages 50 --formatter-property print.timestamp=true 2> /dev/null | grep ${release} | cut -c12-24 | sort -n | ${which} -1); at=$(date -u -d @\${ms%???}.\${ms: -3} +%FT%T.%3N); echo $at`,
    CLIENT,
  )

export default defineSolution({
  read: [waitFor(brokersUnfenced, 'the broker unfenced'), read('--max-messages 50')],
  back: [
    predict('back', '5'),
    groupsTool('--reset-offsets --topic orders:0 --shift-by -5 --execute'),
    waitFor(hasPassed('shifted'), 'the group five back'),
    // Long enough to be seen.
    read('--timeout-ms 15000'),
  ],
  moment: [timeOf('head', 'app-2'), groupsTool('--reset-offsets --topic orders --to-datetime $at --execute')],
  copy: [
    groupsTool('--reset-offsets --topic orders --to-current --export > plan.csv'),
    groupsTool('--reset-offsets --from-file plan.csv --execute', 'audit'),
  ],
  forget: [groupsTool('--delete-offsets --topic orders:0')],
})
