/** A run of the performance tool, with what it says kept in a file: in the hints as in the solution. */
type PerfTest = { topic: string; records: number; lingerMs: number; batchSize: number }

/** @param throughput records a second; -1: nothing is held back */
export const perfTest = ({ topic, records, lingerMs, batchSize }: PerfTest, throughput: number): string =>
  `./bin/kafka-producer-perf-test --bootstrap-server broker-1:9092 --topic ${topic} --num-records ${records} --record-size 100 --throughput ${throughput} --command-property linger.ms=${lingerMs} batch.size=${batchSize} | tee runs/${topic}.txt`
