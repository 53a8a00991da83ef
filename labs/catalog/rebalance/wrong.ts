import { defineWrong, predict, run } from '#labs/engine/solution.ts'
import { end, isUp, three, traffic } from './solution.ts'

const CLIENT = { host: 'client' }
const hasThree = (group: string) =>
  run(
    `until ./bin/kafka-consumer-groups --bootstrap-server node-1:9092 --group ${group} --describe --state 2> /dev/null | grep -q 'Stable *3'; do sleep 1; done`,
    CLIENT,
  )

export default defineWrong({
  'classic-shared': {
    why: 'three members in the other protocol',
    do: [isUp, traffic, three('billing', 'consumer'), hasThree('billing')],
  },
  'classic-moved': {
    why: 'the member leaves in order',
    do: [predict('classic-kill', 'yes'), end('billing .* member-3', 'TERM')],
  },
  'consumer-shared': {
    why: 'three members in the classic protocol',
    do: [end('billing', 'TERM'), three('shipping', 'classic'), hasThree('shipping')],
  },
  'consumer-moved': {
    why: 'another one takes its place at once: three share it again',
    do: [
      predict('consumer-kill', 'no'),
      end('shipping .* member-3'),
      run('bash ~/members/member.sh shipping consumer member-4 200 > ~/members/member-4.log 2>&1 &', CLIENT),
      run('sleep 10', CLIENT),
      hasThree('shipping'),
    ],
  },
})
