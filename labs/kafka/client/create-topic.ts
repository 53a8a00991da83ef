/** What a broker passes on to the active controller. */
import type { Connection } from './connection.ts'
import { ConnectionError, check, KafkaError } from './errors.ts'

type NewTopic = { name: string; partitions: number; replicas: number; configs: Record<string, string> }

/** @throws ConnectionError, KafkaError, also TOPIC_ALREADY_EXISTS */
export async function createTopic(connection: Connection, topic: NewTopic, timeoutMs: number): Promise<void> {
  const body = await connection.call(
    'CreateTopics',
    {
      topics: [
        {
          name: topic.name,
          numPartitions: topic.partitions,
          replicationFactor: topic.replicas,
          configs: Object.entries(topic.configs).map(([name, value]) => ({ name, value })),
        },
      ],
      timeoutMs,
    },
    { minVersion: 4, timeoutMs },
  )
  const answer = body.topics[0]
  if (!answer) throw new ConnectionError('nonsense', 'CreateTopics: no topic')
  check(answer.errorCode, 'CreateTopics', answer.errorMessage)
}

/**
 * Has the active controller decide something and writes nothing: whether a topic could have another partition. Answered
 * only once what was decided before is committed (QuorumController.ControllerWriteEvent without records). A dry run of
 * CreateTopics would do too, but leaves a line in the controller's log each time.
 * @throws ConnectionError, and KafkaError where it could not be asked
 */
export async function askController(connection: Connection, topic: string, timeoutMs: number): Promise<void> {
  const body = await connection.call(
    'CreatePartitions',
    { topics: [{ name: topic, count: 1, assignments: null }], timeoutMs, validateOnly: true },
    { timeoutMs },
  )
  const answer = body.results[0]
  if (!answer) throw new ConnectionError('nonsense', 'CreatePartitions: no topic')
  const error = new KafkaError(answer.errorCode, 'CreatePartitions', answer.errorMessage)
  // "it has that many already", "there is no such topic": the controller's own answers
  if (!error.is('INVALID_PARTITIONS', 'UNKNOWN_TOPIC_OR_PARTITION'))
    check(error.code, 'CreatePartitions', answer.errorMessage)
}
