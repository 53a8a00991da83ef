import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readInstallation } from '#config/installation.ts'
import { completionTable } from '../../scripts/completion.mjs'
import { toolNames } from '../../scripts/setup/kafka-versions.mjs'
import { runScript } from '../support/sandbox.ts'
import { SOAK } from '../support/soak.ts'

/** One in so many is asked in `npm test`. */
const TOOLS_A_SAMPLE = 9
const UUID = /^[\w-]{22}$/

// the Quick Start's test in the browser goes the same ways
describe('the commands of the quick starts run unchanged', () => {
  it.runIf(SOAK)('as on Confluent’s page: a static quorum', async () => {
    const { stdout, stderr, status } = await runScript(`
      set -e
      ./bin/kafka-storage format --config ./etc/kafka/kraft/server.properties --cluster-id $(./bin/kafka-storage random-uuid)
      ./bin/kafka-server-start -daemon ./etc/kafka/kraft/server.properties
      started logs/kafkaServer.out
      ./bin/kafka-topics --create --topic orders --partitions 3 --bootstrap-server localhost:9092
      printf 'a:1\\nb:2\\n' | ./bin/kafka-console-producer --topic orders --bootstrap-server localhost:9092 \\
        --property parse.key=true --property key.separator=: 2>producer.err
      ./bin/kafka-console-consumer --topic orders --from-beginning --bootstrap-server localhost:9092 \\
        --property print.key=true --max-messages 2 2>consumer.err | sort
      ls /tmp/kraft-combined-logs/meta.properties /tmp/kraft-combined-logs/bootstrap.checkpoint logs/server.log
      ./bin/kafka-server-stop
      gone`)
    expect(stderr).toBe('')
    expect(stdout).toContain('Formatting metadata directory /tmp/kraft-combined-logs')
    expect(stdout).toContain('Created topic orders.')
    expect(stdout).toContain('a\t1\nb\t2')
    expect(stdout).toContain('bootstrap.checkpoint')
    expect(status).toBe(0)
  })

  it.runIf(SOAK)('as on Apache’s page: a dynamic quorum', async () => {
    const { stdout, stderr, status } = await runScript(`
      set -e
      KAFKA_CLUSTER_ID="$(bin/kafka-storage.sh random-uuid)"
      bin/kafka-storage.sh format --standalone -t $KAFKA_CLUSTER_ID -c config/server.properties
      bin/kafka-server-start.sh -daemon config/server.properties
      started logs/kafkaServer.out
      bin/kafka-topics.sh --create --topic quickstart-events --bootstrap-server localhost:9092
      bin/kafka-topics.sh --describe --topic quickstart-events --bootstrap-server localhost:9092
      echo "This is my first event" | bin/kafka-console-producer.sh --topic quickstart-events --bootstrap-server localhost:9092
      bin/kafka-console-consumer.sh --topic quickstart-events --from-beginning --bootstrap-server localhost:9092 \\
        --max-messages 1 2>/dev/null
      echo "plugin.path=libs/connect-file-4.3.1.jar" >> config/connect-standalone.properties
      echo -e "foo\\nbar" > test.txt
      bin/connect-standalone.sh -daemon config/connect-standalone.properties config/connect-file-source.properties \\
        config/connect-file-sink.properties
      for _ in $(seq 200); do [[ $(cat test.sink.txt 2>/dev/null) == $'foo\\nbar' ]] && break; sleep 0.1; done
      cat test.sink.txt
      pkill -f '[C]onnectStandalone'
      bin/kafka-server-stop.sh
      gone`)
    expect(stderr).toBe('')
    expect(stdout).toContain('Formatting dynamic metadata voter directory')
    expect(stdout).toMatch(/Topic: quickstart-events\s+TopicId: \S+\s+PartitionCount: 1/)
    expect(stdout).toContain('This is my first event')
    expect(stdout).toContain('foo\nbar')
    expect(status).toBe(0)
  })
})

describe('the launcher', () => {
  it('meets the real errors: formatted twice, not formatted, no argument', async () => {
    const { stdout, stderr } = await runScript(`
      format() { kafka-storage format --cluster-id AAAAAAAAAAAAAAAAAAAAAQ --config etc/kafka/kraft/server.properties; }
      kafka-server-start etc/kafka/kraft/server.properties >unformatted.log 2>&1; echo "unformatted $?"
      tail -30 unformatted.log
      format; format; echo "twice $?"
      ./bin/kafka-server-start; echo "usage $?"
      kafka-server-stop; echo "stop $?"
      kafka-run-class; echo "class $?"`)
    expect(stdout).toContain('No readable meta.properties files found')
    expect(stdout).toContain('unformatted 1')
    expect(stderr).toMatch(/is already formatted. Use --ignore-formatted/)
    expect(stdout).toContain('twice 1')
    expect(stdout).toContain(
      'USAGE: ./bin/kafka-server-start [-daemon] server.properties [--override property=value]*\nusage 1',
    )
    expect(stdout).toContain('No kafka server to stop\nstop 1')
    expect(stdout).toContain('[-daemon] [-name servicename] [-loggc] classname [opts]\nclass 1')
  })

  it('obeys the variables of the distribution, and passes signals', async () => {
    const { stdout, status } = await runScript(`
      set -e
      kafka-storage format --standalone -t $(kafka-storage random-uuid) -c config/server.properties >/dev/null
      export KAFKA_HEAP_OPTS='-Xmx200m -Xms100m' KAFKA_OPTS=-Dmark=here LOG_DIR=$HOME/elsewhere JMX_PORT=9999
      export KAFKA_JVM_PERFORMANCE_OPTS=-XX:+UseParallelGC CLASSPATH=/opt/kafka/libs/connect-file-4.3.1.jar
      kafka-server-start config/server.properties --override node.id=1 >console.log 2>&1 &
      started console.log
      (exec 3<>/dev/tcp/localhost/9999)
      echo "[$(kafka-broker-api-versions --bootstrap-server localhost:9092 | head -c 9)]"
      tr '\\0' '\\n' </proc/$!/cmdline | grep -e '^-Xm' -e mark -e Parallel -e 'kafka.logs.dir'
      tr '\\0' '\\n' </proc/$!/cmdline | grep -o '^/opt/kafka/libs/connect-file'
      ls $LOG_DIR
      kafka-server-stop --node-id=7 || echo 'not that one'
      kafka-server-stop --process-role=broker --node-id=1
      wait $! && echo ended cleanly || echo "ended with $?"`)
    for (const word of ['-Xmx200m', '-Xms100m', '-Dmark=here', '-XX:+UseParallelGC', '/opt/kafka/libs/connect-file']) {
      expect(stdout).toContain(word)
    }
    expect(stdout).toContain('-Dkafka.logs.dir=/home/learner/elsewhere')
    expect(stdout).toMatch(/server\.log/)
    expect(stdout).toContain('not that one')
    // 128 + SIGTERM, as the JVM ends
    expect(stdout).toMatch(/ended (cleanly|with 143)/)
    expect(stdout).toContain('[localhost')
    expect(status).toBe(0)
  })

  it('says nothing of its own where the archive does not fit', async () => {
    const { stdout, stderr } = await runScript(`
      kafka-storage random-uuid
      KAFKA_JVM_PERFORMANCE_OPTS='-XX:-UseCompressedOops -XX:+UseSerialGC' kafka-storage random-uuid
      CLASSPATH=/nowhere kafka-storage random-uuid`)
    expect(stderr).toBe('')
    const lines = stdout.trim().split('\n')
    expect(lines).toHaveLength(3)
    for (const line of lines) expect(line).toMatch(UUID)
  })

  it('takes most classes from the archive', async () => {
    const { stdout } = await runScript(`
      KAFKA_OPTS=-Xlog:class+load:file=/tmp/classes kafka-storage random-uuid >/dev/null
      grep -c 'shared objects file' /tmp/classes
      grep -vc 'shared objects file' /tmp/classes`)
    const [shared = 0, others = 0] = stdout.trim().split('\n').map(Number)
    expect(shared).toBeGreaterThan(500)
    expect(others).toBeLessThan(shared / 10)
  })

  it.runIf(SOAK)('completes the options that the tools tell', async () => {
    const kept = readFileSync('labs/kafka/distribution/4.3.1/options.bash', 'utf8')
    expect(await completionTable(readInstallation(process.cwd()))).toBe(kept)
  })

  it('knows every tool of the distribution: each answers --help or its usage', async () => {
    const all = toolNames(process.cwd()).filter((name) => name !== 'kafka-server-stop')
    expect(all).toHaveLength(42)
    const tools = all.filter((_, at) => SOAK || at % TOOLS_A_SAMPLE === 0)
    const { stdout } = await runScript(`
      ask() { echo "$1 $(bin/$1.sh --help 2>&1 | tr '\\n' ' ' | cut -c1-3000)"; }
      export -f ask
      printf '%s\\n' ${tools.join(' ')} | xargs -P 2 -I{} bash -c 'ask {}'`)
    const answers = new Map(
      stdout
        .trim()
        .split('\n')
        .map((line) => [line.split(' ')[0], line]),
    )
    const silent = tools.filter(
      (tool) => !/usage|Option|Description|This tool|required/i.test(answers.get(tool)?.slice(tool.length) ?? ''),
    )
    const broken = tools.filter((tool) =>
      /ClassNotFound|NoClassDefFound|Could not find or load/.test(answers.get(tool) ?? ''),
    )
    expect({ silent, broken }).toEqual({ silent: [], broken: [] })
  })
})

describe('a learner’s shell', () => {
  const inShell = (typed: string) =>
    runScript(
      `printf '%b' ${JSON.stringify(typed)} >/tmp/typed; timeout 20 script -qec 'bash -i' /dev/null </tmp/typed`,
    )

  it('marks prompts, commands with their text, and how they ended', async () => {
    const { stdout } = await inShell('echo one; false\\n\\nexit 0\\n')
    const marks = [...stdout.matchAll(/\x1b\]((?:133|633);[^\x07]*)\x07/g)].map(([, mark]) => mark)
    expect(marks.slice(0, 6)).toEqual(['133;A', '133;B', '633;E;echo one\\x3b false', '133;C', '133;D;1', '133;A'])
    expect(marks.filter((mark) => mark?.startsWith('133;D'))).toHaveLength(1)
  })

  it('completes tools, options and actions', async () => {
    const { stdout, stderr } = await runScript(`
      cat >/tmp/complete <<'END'
      . /usr/share/bash-completion/bash_completion
      . /opt/kafka/completion.bash
      ask() { COMP_LINE=$1 COMP_POINT=\${#1}; read -ra COMP_WORDS <<<"$1"; [[ $1 == *' ' ]] && COMP_WORDS+=('')
        COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); __kafka_complete "\${COMP_WORDS[0]}"; echo "\${COMPREPLY[@]}"; }
      ask './bin/kafka-topics --boot'
      ask 'kafka-storage.sh f'
      ask 'kafka-topics --topic '
END
      bash -c '. /tmp/complete'`)
    expect(stderr).toBe('')
    expect(stdout.split('\n').slice(0, 3)).toEqual(['--bootstrap-server', 'format feature-dependencies', ''])
  })
})
