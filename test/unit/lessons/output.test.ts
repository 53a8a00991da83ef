/** The comparison of what a lesson shows with what came: it finds what is wrong, and lets go what differs by itself. */
import { describe, expect, test } from 'vitest'
import { compareOutput } from '#lessons/output.ts'

const REAL = `Topic: orders	TopicId: p_aB0J2zSRa-YYZeHcDYuw	PartitionCount: 3	ReplicationFactor: 1
	Topic: orders	Partition: 0	Leader: 1	Replicas: 1	Isr: 1
	Topic: orders	Partition: 1	Leader: 1	Replicas: 1	Isr: 1
`
const shown = (text: string, more: Partial<Parameters<typeof compareOutput>[0]> = {}) => ({
  title: null,
  lines: text.split('\n'),
  anyOrder: false,
  command: './bin/kafka-topics --describe',
  ...more,
})
const kinds = (text: string, real: string, more = {}) => compareOutput(shown(text, more), real).map(({ kind }) => kind)
const lines = REAL.trimEnd().split('\n')

describe('found', () => {
  test('a changed word, with the real line beside it', () => {
    expect(compareOutput(shown(REAL.replace('Leader: 1	Replicas', 'Leader: 1	Copies')), REAL)).toEqual([
      { kind: 'not-there', shown: lines[1]?.replace('Replicas', 'Copies'), nearest: lines[1] },
      { kind: 'not-shown', real: lines[1] },
    ])
  })
  test('a changed number', () => {
    expect(kinds(REAL.replace('PartitionCount: 3', 'PartitionCount: 4'), REAL)).toContain('not-there')
    expect(kinds('orders:0:3', 'orders:0:2')).toContain('not-there')
    expect(
      kinds('{"name":"metadata.version","featureLevel":30}', '{"name":"metadata.version","featureLevel":29}'),
    ).toContain('not-there')
  })
  test('a metric that says how things are', () => {
    expect(kinds('name=OfflinePartitionsCount:Value=3', 'name=OfflinePartitionsCount:Value=6')).toContain('not-there')
    expect(kinds('name=ActiveControllerCount:Value=1', 'name=ActiveControllerCount:Value=3')).toContain('not-there')
  })
  test('a line that the command does not give', () => {
    expect(kinds(`${REAL}Created topic orders.`, REAL)).toEqual(['not-there'])
  })
  test('no output at all', () => {
    expect(kinds(REAL, '')).toEqual(['not-there', 'not-there', 'not-there'])
  })
  test('a line left out without a word about it', () => {
    expect(compareOutput(shown(lines.slice(0, 2).join('\n')), REAL)).toEqual([{ kind: 'not-shown', real: lines[2] }])
  })
  test('lines in another order', () => {
    const reordered = [lines[0], lines[2], lines[1]].join('\n')
    expect(kinds(reordered, REAL)).toEqual(['not-there', 'not-shown'])
    expect(kinds(reordered, REAL, { title: 'Shortened' })).toEqual(['not-there'])
    expect(kinds(reordered, REAL, { anyOrder: true })).toEqual([])
  })
  test('the same line twice, where it is there once', () => {
    expect(kinds(`${lines[1]}\n${lines[1]}`, `${lines[1]}\n`, { anyOrder: true })).toEqual(['not-there'])
  })
  test('another set of replicas', () => {
    expect(kinds('Replicas: 3,1,2	Isr: 3,1', 'Replicas: 3,1,2	Isr: 3,1,2')).toContain('not-there')
    expect(kinds('"isr":[3],"leader":3', '"isr":[3,1],"leader":3')).toContain('not-there')
  })
  test('a directory id where there is none, and the other way round', () => {
    expect(kinds('1 AAAAAAAAAAAAAAAAAAAAAA', '1 p_aB0J2zSRa-YYZeHcDYuw')).toContain('not-there')
  })
  test('what stands around a ...', () => {
    expect(
      kinds('Completed transition to Leader(epoch=1, ...', 'Completed transition to Follower(epoch=1, x)'),
    ).toContain('not-there')
    expect(kinds('voted for ... in epoch 2 at last', 'voted for 3 in epoch 2')).toContain('not-there')
  })
  test('another number of votes, and another voter', () => {
    const votes = (voters: string, granting: string) => `{"voters":[${voters}],"grantingVoters":[${granting}]}`
    const id = (node: number) => `{"voterId":${node}}`
    const all = [101, 102, 103].map(id).join(',')
    const two = `${id(101)},${id(103)}`
    expect(kinds(votes(all, two), votes(all, `${id(102)},${id(103)}`))).toEqual([])
    expect(kinds(votes(all, two), votes(all, all))).toContain('not-there')
    expect(kinds(votes(all, two), votes(two, two))).toContain('not-there')
    expect(kinds(votes(all, two), votes(all.replace('101', '104'), two))).toContain('not-there')
  })
  test('an answer to a vote that is another', () => {
    const answer = '20:36:25,383 replica 101 epoch 1, log ends at 32 of epoch 1, preVote=true: rejected'
    expect(kinds(answer, answer.replace('rejected', 'granted'))).toContain('not-there')
    expect(kinds(answer, answer.replace('preVote=true', 'preVote=false'))).toContain('not-there')
  })
  test('another role of a replica, and a leader without a log', () => {
    const heard = '103 Vf8Kt5J1ReKOSYoRkrItVA 43 10 1795898507223 1795898506730 Follower'
    const unheard = '103 Vf8Kt5J1ReKOSYoRkrItVA -1 54 -1 -1 Follower'
    expect(kinds(heard, unheard)).toEqual([])
    expect(kinds(heard, unheard.replace('Follower', 'Observer'))).toContain('not-there')
    expect(kinds(heard.replace('Follower', 'Leader'), unheard.replace('Follower', 'Leader'))).toContain('not-there')
  })
  test('an epoch more in a leader-epoch-checkpoint, and one that begins at 0', () => {
    const kept = '0\n2\n1 0\n2 26'
    expect(kinds(kept, '0\n2\n1 0\n3 31')).toEqual([])
    expect(kinds(kept, '0\n3\n1 0\n2 26\n3 31')).toContain('not-there')
    expect(kinds('0\n1\n1 119', '0\n1\n1 0')).toContain('not-there')
  })
  test('a producer id where there is none, and a sequence that begins anew', () => {
    const batch = 'baseOffset: 5 lastOffset: 9 count: 5 baseSequence: 5 producerId: 1'
    expect(kinds(batch, batch.replace('producerId: 1', 'producerId: -1'))).toContain('not-there')
    expect(kinds(batch, batch.replace('baseSequence: 5', 'baseSequence: 0'))).toContain('not-there')
    expect(kinds(batch, batch.replace('producerId: 1', 'producerId: 2').replace('Sequence: 5', 'Sequence: 7'))).toEqual(
      [],
    )
  })
  test('another word before the place where cut -c cut', () => {
    const command = 'kafka-dump-log | cut -c1-40'
    expect(
      kinds('| offset: 1 {"type":"TOPIC_RECORD","ver', '| offset: 100 {"type":"CONFIG_RECORD","v', { command }),
    ).toContain('not-there')
    expect(kinds('hello', 'world', { command })).toContain('not-there')
  })
})

describe('let go', () => {
  test('of ls -l the time, however owner and group are aligned; not how many links there are', () => {
    const line = (links: number, time: string) => `drwxr-xr-x ${links} nobody  nogroup 4096 ${time} /opt/kafka-4.1.2`
    expect(kinds(line(7, 'Nov 28 23:57'), line(7, 'Nov 29 09:10'))).toEqual([])
    expect(kinds(line(7, 'Nov 28 23:57'), line(8, 'Nov 29 09:10'))).toContain('not-there')
  })
  test('the very same', () => {
    expect(kinds(REAL, REAL)).toEqual([])
  })
  test.each([
    ['ids', 'cluster.id=JcyqgSDtSXefufOpIbVgOw', 'cluster.id=p_aB0J2zSRa-YYZeHcDYuw'],
    ['times', '[2026-11-23 14:04:45,169] ERROR x', '[2026-11-28 20:34:09,001] ERROR x'],
    ['times of day', '16:48:18,417 ProspectiveState epoch 1', '20:12:00,001 ProspectiveState epoch 3'],
    ['dates', '#Mon Nov 23 14:04:30 UTC 2026', '#Sat Nov 28 20:34:09 UTC 2026'],
    ['ms since 1970', 'CreateTime: 1795442676877 keySize: 4', 'CreateTime: 1795898724249 keySize: 4'],
    ['offsets', '| offset: 120 {"brokerEpoch":19}', '| offset: 90 {"brokerEpoch":22}'],
    ['an offset in a sentence', 'log start offset to 45 due to', 'log start offset to 1046 due to'],
    ['epochs and leaders', 'LeaderId:               103', 'LeaderId:               101'],
    ['the epoch of features', 'FinalizedVersionLevel: 1 Epoch: 49', 'FinalizedVersionLevel: 1 Epoch: 52'],
    [
      'a quorum-state',
      '{"leaderId":103,"leaderEpoch":1,"votedId":103}',
      '{"leaderId":101,"leaderEpoch":3,"votedId":-1}',
    ],
    [
      'metrics that go on by themselves',
      'kafka.controller:type=KafkaController,name=LastAppliedRecordLagMs:Value=444',
      'kafka.controller:type=KafkaController,name=LastAppliedRecordLagMs:Value=77',
    ],
    ['who leads, as a metric', 'name=ActiveControllerCount:Value=0', 'name=ActiveControllerCount:Value=1'],
    ['where a segment begins', '(segmentBaseOffset=119,relative', '(segmentBaseOffset=122,relative'],
    [
      'how long ago',
      '103 Vf8Kt5J1ReKOSYoRkrItVA 43 10 12 ms ago 480 ms ago Follower',
      '101 4i097NNOcZ59__MYrLQuRA 88 0 7 ms ago 7 ms ago Follower',
    ],
    [
      'answers to votes',
      '20:36:25,383 replica 101 epoch 1, log ends at 32 of epoch 1, preVote=true: rejected',
      '20:40:01,002 replica 103 epoch 2, log ends at 58 of epoch 2, preVote=true: rejected',
    ],
    ['names of files', '00000000000000000045-0000000001.checkpoint', '00000000000000000046-0000000002.checkpoint'],
    ['who leads', 'Partition: 0	Leader: 3	Replicas: 3,1,2', 'Partition: 0	Leader: 2	Replicas: 2,3,1'],
    ['NoOps', '    171 "type":"NO_OP_RECORD"', '     84 "type":"NO_OP_RECORD"'],
    [
      'replicas of the metadata log',
      '103   	A5Q6aFXYTdOA7d960lT1HA	27          	0  	1795452495824     	1795452495824        	Leader  	',
      '101   	eT1cP2cHTlOLRTXA-3N3uw	162         	0  	1795452515993     	1795452515993        	Leader  	',
    ],
    [
      'what ... stands for',
      'Leader(localVoterNode=VoterNo..., epoch=1)',
      'Leader(localVoterNode=VoterNode(1), epoch=1)',
    ],
    ['half an id before ...', '"voterDirectoryId":"q732JNO...', '"voterDirectoryId":"Jzut1fPgRraUN6wkb2YfyA"}'],
  ])('%s', (_, written, real) => {
    expect(compareOutput(shown(written), real)).toEqual([])
  })
  test('but the checkpoint that ends at 0 is that one alone', () => {
    expect(kinds('00000000000000000000-0000000000.checkpoint', '00000000000000000045-0000000001.checkpoint')).toContain(
      'not-there',
    )
  })
  test('lines left out, where the title says so', () => {
    for (const title of ['The first line', 'Without the first line', 'Output, shortened', 'From the fencing on'])
      expect(kinds(lines[1] ?? '', REAL, { title })).toEqual([])
  })
  test('pieces of lines, where the title says that they are shortened', () => {
    const real =
      '[2026-11-28 20:40:57,417] INFO Awaiting socket connections on 0.0.0.0:9093. (kafka.network.DataPlaneAcceptor)'
    const piece = 'INFO Awaiting socket connections on 0.0.0.0:9093.'
    expect(kinds(piece, real, { title: 'Shortened' })).toEqual([])
    expect(kinds(piece.replace('9093', '9092'), real, { title: 'Shortened' })).toEqual(['not-there'])
  })
  test('a line that was broken to fit', () => {
    const real =
      '03:45:22,320] INFO Creating new KRaft snapshot file snapshot 00000000000000000045-0000000001 because of it'
    const text =
      '03:45:22,320] INFO Creating new KRaft snapshot file snapshot\n    00000000000000000045-0000000001 because of it'
    expect(kinds(text, real, { title: 'The second line broken' })).toEqual([])
    expect(kinds(text, real)).toContain('not-there')
  })
  test('where cut -c cut', () => {
    const command = 'kafka-dump-log | cut -c1-40'
    expect(
      kinds('| offset: 19 {"incarnationId":"svvH49g_Q', '| offset: 120 {"incarnationId":"b1InuzEC', { command }),
    ).toEqual([])
    const shortened = { command, title: 'Shortened on the right' }
    const real = '| offset: 120 {"incarnationId":"b1InuzEC'
    expect(kinds('| offset: 19 {"incarnationId":"svvH49g_Q', real, shortened)).toEqual([])
    expect(kinds('| offset: 19 {"topicId":"svvH49g_Q', real, shortened)).toEqual(['not-there'])
  })
})
