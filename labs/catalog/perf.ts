/** The summary that Kafka's performance tools print at their end (org.apache.kafka.tools.ProducerPerformance). */
import type { Fact } from '#labs/engine/define.ts'
import type { FileContent } from '#labs/protocol/observation.ts'

type Summary = { records: number; recordsPerSecond: number; meanMs: number; p99Ms: number }

const TOTAL =
  /^(?<records>\d+) records sent, (?<rate>[\d.]+) records\/sec \([\d.]+ MB\/sec\), (?<mean>[\d.]+) ms avg latency, .* (?<p99>\d+) ms 99th,/m

/** Of a file to which the tool's output was copied; the end of a sentence where it has none. */
export function summaryIn(fact: Fact<FileContent | null>, path: string): Summary | string {
  if (fact.state === 'failed') return `${path} cannot be read: ${fact.why}.`
  if (fact.state === 'not-fetched') return `${path} is being read.`
  if (!fact.value) return `there is no file ${path} with what the tool said.`
  const found = TOTAL.exec(fact.value.text ?? '')?.groups
  if (!found) return `${path} has no summary yet: the tool prints one at its end.`
  return {
    records: Number(found.records),
    recordsPerSecond: Number(found.rate),
    meanMs: Number(found.mean),
    p99Ms: Number(found.p99),
  }
}
