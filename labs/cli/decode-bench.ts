/** `bench -- decode`: `metadata dump` and Kafka's own kafka-dump-log, turn by turn on the same 10 MB, start-up included. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readInstallation } from '#config/installation.ts'
import { Schemas } from '#labs/kafka/codec/schemas.ts'
import { busyLog } from './busy-log.ts'

const BYTES = 10_000_000
const RUNS = 7
const LIMIT_MS = 120_000
/** On every Linux for x86 (USER_HZ). */
const CLOCK_TICK_MS = 10
/** Those of the launcher in rooms (labs/kafka/distribution/launcher). */
const JVM_OPTIONS = ['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xss512k']

/** Medians, start-up included; `cpu`: of all cores, which a busy machine changes less than the time that passes. */
export type DecodeResult = {
  name: 'decode'
  runs: number
  bytes: number
  megabytesPerSecond: number
  ms: number
  kafkaMs: number
  /** of ours to Kafka's */
  ratio: number
  cpuMs: number
  kafkaCpuMs: number
  cpuRatio: number
}
type Times = { ms: number; cpuMs: number }

export async function benchDecode(root: string): Promise<DecodeResult> {
  const { java, kafka } = readInstallation(root)
  const folder = await mkdtemp(join(tmpdir(), 'kraftlab-'))
  try {
    const log = join(folder, '00000000000000000000.log')
    const bytes = logOf(Schemas.load(kafka.schemas))
    await writeFile(log, bytes)
    const ours = [process.execPath, join(root, 'dist', 'metadata.mjs'), 'dump', log]
    const tool = ['--cluster-metadata-decoder', '--files', log]
    const theirs = [
      join(java.home, 'bin/java'),
      ...JVM_OPTIONS,
      '-cp',
      `${kafka.home}/libs/*`,
      mainClass(kafka.home),
      ...tool,
    ]
    const [our, kafkas]: [Times[], Times[]] = [[], []]
    for (let run = 0; run < RUNS; run++) {
      our.push(await timed(ours, join(folder, 'ours')))
      kafkas.push(await timed(theirs, join(folder, 'kafkas')))
    }
    const [ms, kafkaMs, cpuMs, kafkaCpuMs] = (['ms', 'cpuMs'] as const).flatMap((which) =>
      [our, kafkas].map((times) => median(times.map((time) => time[which]))),
    ) as [number, number, number, number]
    return {
      name: 'decode',
      runs: RUNS,
      bytes: bytes.length,
      megabytesPerSecond: rounded(bytes.length / 1_000 / ms, 1),
      ms: Math.round(ms),
      kafkaMs: Math.round(kafkaMs),
      ratio: rounded(ms / kafkaMs, 3),
      cpuMs,
      kafkaCpuMs,
      cpuRatio: rounded(cpuMs / kafkaCpuMs, 3),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function logOf(schemas: Schemas): Buffer {
  const batches: Buffer[] = []
  let bytes = 0
  for (const batch of busyLog(schemas)) {
    batches.push(batch)
    bytes += batch.length
    if (bytes >= BYTES) break
  }
  return Buffer.concat(batches)
}

/** From the table that the launcher reads. */
function mainClass(home: string): string {
  const found = /^kafka-dump-log\s+(\S+)/m.exec(readFileSync(join(home, 'tools'), 'utf8'))?.[1]
  if (!found) throw new Error(`${home}/tools has no kafka-dump-log`)
  return found
}

/** From start to end, its output in a file. */
async function timed([command = '', ...args]: string[], output: string): Promise<Times> {
  const cpuBefore = childrenCpuMs()
  const from = performance.now()
  const to = openSync(output, 'w')
  // Node loads a network's own certificates at each start (some 40 ms): nothing of what is measured.
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env
  const child = spawn(command, args, { stdio: ['ignore', to, 'ignore'], timeout: LIMIT_MS, env })
  const [status] = await once(child, 'close')
  closeSync(to)
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: status ${status}`)
  return { ms: performance.now() - from, cpuMs: childrenCpuMs() - cpuBefore }
}

/** Of children that have ended, user and system: proc(5), fields 16 and 17. Node tells its own alone. */
function childrenCpuMs(): number {
  const afterName = readFileSync('/proc/self/stat', 'latin1').split(') ')[1] ?? ''
  const fields = afterName.split(' ')
  return (Number(fields[13]) + Number(fields[14])) * CLOCK_TICK_MS
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits))

const median = (times: number[]): number => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
