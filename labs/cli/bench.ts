/** `npm run bench -- NAME`: one benchmark, measured through the running product. Figures live here, limits in tests. */
import { parseArgs } from 'node:util'
import { readEnvironment } from '#config/environment.ts'
import { benchDecode } from './decode-bench.ts'
import { startServer } from './server.ts'
import { Visitor } from './visitor.ts'

const { root } = readEnvironment()

type Result = { name: string; unit: 'ms'; runs: number; p50: number; max: number }
type Benchmark = { about: string } & (
  | { run: () => Promise<number[]> }
  /** what is no list of times */
  | { measure: () => Promise<{ result: object; says: string }> }
)

const ROOM_RUNS = 10
const KEY_RUNS = 200

const BENCHMARKS: Record<string, Benchmark> = {
  'room-start': {
    about: 'from asking for a lab to a room that is ready, ms',
    run: () =>
      withServer(async (url) => {
        const times: number[] = []
        for (let run = 0; run < ROOM_RUNS; run++) {
          const from = performance.now()
          const visitor = await Visitor.start(url, 'quick-start')
          times.push(performance.now() - from)
          await visitor.end()
        }
        return times
      }),
  },
  keystroke: {
    about: 'from a key sent to its echo received, through front door, gateway, switch and pty, ms',
    run: () =>
      withServer(async (url) => {
        const visitor = await Visitor.start(url, 'quick-start')
        const terminal = await visitor.terminal('main', 'broker-1')
        await terminal.prompt()
        const times: number[] = []
        for (let run = 0; run < KEY_RUNS; run++) {
          const from = performance.now()
          await terminal.type('x')
          await terminal.shows(/x/)
          times.push(performance.now() - from)
        }
        await visitor.end()
        return times
      }),
  },
  decode: {
    about: '10 MB of metadata log: metadata dump and kafka-dump-log, start-up included, MB/s and ms',
    measure: async () => {
      const result = await benchDecode(root)
      const { megabytesPerSecond, ms, kafkaMs, ratio, cpuMs, kafkaCpuMs, cpuRatio } = result
      const says =
        `${megabytesPerSecond} MB/s, ${ms} ms (CPU ${cpuMs} ms); ` +
        `kafka-dump-log ${kafkaMs} ms (CPU ${kafkaCpuMs} ms); ratio ${ratio} (CPU ${cpuRatio})`
      return { result, says }
    },
  },
}

async function withServer(measure: (url: string) => Promise<number[]>): Promise<number[]> {
  const server = await startServer(root)
  try {
    return await measure(server.url)
  } finally {
    await server.stop()
  }
}

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { list: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
  })
  const benchmark = BENCHMARKS[positionals[0] ?? '']
  if (values.list) {
    for (const [name, { about }] of Object.entries(BENCHMARKS)) process.stdout.write(`${name.padEnd(16)}${about}\n`)
    return 0
  }
  if (!benchmark) {
    process.stderr.write('usage: npm run --silent bench -- NAME [--json]\n       npm run --silent bench -- --list\n')
    return 2
  }
  if ('measure' in benchmark) {
    const { result, says } = await benchmark.measure()
    process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${positionals[0]}: ${says}\n`)
    return 0
  }
  const times = (await benchmark.run()).sort((a, b) => a - b)
  const rounded = (ms: number | undefined) => Math.round((ms ?? 0) * 10) / 10
  const result: Result = {
    name: positionals[0] ?? '',
    unit: 'ms',
    runs: times.length,
    p50: rounded(times[Math.floor(times.length / 2)]),
    max: rounded(times.at(-1)),
  }
  process.stdout.write(
    values.json
      ? `${JSON.stringify(result)}\n`
      : `${result.name}: ${result.p50} ms p50, ${result.max} ms max, ${result.runs} runs\n`,
  )
  return 0
}

main(process.argv.slice(2)).then(
  (status) => process.exit(status),
  (error) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    process.exit(2)
  },
)
