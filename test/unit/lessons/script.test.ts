/** What a reader does, read from a lesson's MDX. */
import { describe, expect, test } from 'vitest'
import { readScript, unknownHosts } from '#lessons/script.ts'

const LESSON = `---
title: 'x'
---

<Steps>

<Step id="kill" title="Kill it">

<Do wait="probe" />

\`\`\`bash host=leader as=killed
pkill -9 -f kafka.Kafka
\`\`\`

<Check id="dead" />

<Callout kind="note" title="Another way">
\`\`\`bash skip="the panel's way"
kill it
\`\`\`
</Callout>

<Run host="client" until=">">
\`\`\`bash
./bin/kafka-console-producer --topic orders
\`\`\`
</Run>

\`\`\`text typed ends="Ctrl-D"
alice:book
bob:lamp
\`\`\`

<Do fault="start" host="killed" />

<Do fails>
\`\`\`bash
wrong turn
\`\`\`
</Do>

<Terminal title="The first line">
\`\`\`text
wrong
\`\`\`
</Terminal>

</Step>

</Steps>

<Terminal skip="seen elsewhere">
\`\`\`text
x
\`\`\`
</Terminal>
`

test('commands, what is typed, outputs, faults, waits and checks in their order, by step', () => {
  const { parts, skipped, problems } = readScript(LESSON)
  expect(problems).toEqual([])
  expect(skipped).toEqual([
    { line: 18, what: 'command', reason: "the panel's way" },
    { line: 52, what: 'output', reason: 'seen elsewhere' },
  ])
  expect(parts.map(({ step }) => step)).toEqual(['kill'])
  expect(parts[0]?.items).toMatchObject([
    { do: 'wait', line: 9, what: 'probe', host: null },
    {
      do: 'run',
      line: 11,
      command: 'pkill -9 -f kafka.Kafka',
      host: 'leader',
      as: 'killed',
      by: 'block',
      fails: false,
    },
    { do: 'check', id: 'dead' },
    { do: 'run', command: './bin/kafka-console-producer --topic orders', host: 'client', until: '>', by: 'button' },
    { do: 'type', lines: ['alice:book', 'bob:lamp'], ends: 'Ctrl-D' },
    { do: 'fault', action: 'start', host: 'killed' },
    { do: 'run', command: 'wrong turn', by: 'words', fails: true },
    { do: 'output', title: 'The first line', lines: ['wrong'] },
  ])
})

describe('refused, with the line', () => {
  const reasons = (text: string) => readScript(text).problems.map(({ line, reason }) => `${line}: ${reason}`)
  test.each([
    ['a block that says nothing', '```bash\nls\n```', 'a ```bash block says where it is run'],
    ['a block in another shell word', '```sh\nls\n```', 'commands are written as ```bash'],
    ['a skip without a reason', '```bash skip=""\nls\n```', 'skip needs a reason'],
    ['a word that there is not', '<Run hots="client">\n```bash\nls\n```\n</Run>', 'knows no "hots"'],
    ['an output of nothing', '<Terminal>\n```text\nx\n```\n</Terminal>', 'no command of this step comes before it'],
    ['an unknown wait', '<Do wait="for ever" />', 'one of leader'],
    ['a node that is waited for, without its host', '<Do wait="up" />', 'a host is named'],
    ['a host where all are waited for', '<Do wait="brokers" host="broker-1" />', 'a host is named'],
    ['a change of no file', '<Edit>\n```java\n-a\n+b\n```\n</Edit>', 'names a file and has one change'],
    ['a change that is none', '<Edit file="a.py">\n```python\na\n```\n</Edit>', 'begins with +, - or a space'],
    ['an unknown fault', '<Do fault="explode" host="client" />', 'one of start'],
    ['a fault of nobody', '<Do fault="kill" />', 'needs a host'],
    ['an unknown key', '<Run until="x" ends="Ctrl-Z">\n```bash\nls\n```\n</Run>', 'one of Ctrl-C, Ctrl-D'],
    ['typing into nothing', '```text typed\nx\n```', 'no command takes them'],
  ])('%s', (_, text, reason) => {
    expect(reasons(text)).toEqual([expect.stringContaining(reason)])
  })
  test('a host that the lab does not have, unless the lesson has named it', () => {
    const script = readScript(
      '```bash host=broker-9\nls\n```\n\n```bash host=leader as=old\nls\n```\n\n```bash host=old\nls\n```',
    )
    expect(unknownHosts(script, ['client'])).toEqual([{ line: 1, reason: 'there is no host broker-9 here' }])
  })
  test('but a word for a host of another cluster', () => {
    const script = readScript('<Do fault="kill" host="leader@kraft" as="killed" />\n\n<Do wait="up" host="killed" />')
    expect(unknownHosts(script, ['kraft-node-1'])).toEqual([])
    expect(unknownHosts(readScript('<Do fault="kill" host="boss@kraft" />'), ['kraft-node-1'])).toHaveLength(1)
  })
  test('a button on a host that is known only while the lab runs', () => {
    const script = readScript('<Run host="leader">\n```bash\nls\n```\n</Run>')
    expect(unknownHosts(script, ['client'])).toEqual([{ line: 1, reason: 'there is no host leader here' }])
  })
})
