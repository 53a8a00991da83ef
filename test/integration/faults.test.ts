/** Nodes and network of a room broken and mended, by faults and by a learner's hands, in rooms with real Kafka. */
import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Fault, NODE_ACTIONS } from '#labs/protocol/observation.ts'
import type { RoomPlan } from '#labs/protocol/room.ts'
import {
  commandLine,
  descendants,
  expectNothingAfterKilledSwitch,
  makePlace,
  OWNERS,
  type Owner,
  type Place,
  planOf,
  remains,
  start,
  type TestRoom,
  until,
} from '../support/room.ts'

const CLUSTER_ID = 'Sx1lvhGhTYm1ARQkTkXYZA'
const DATA = '/var/lib/kafka/data'
const names = ['broker-1', 'broker-2', 'broker-3'] as const
const propertiesOf = (host: string) => `/home/learner/kafka/config/${host}.properties`
const base64 = (text: string) => Buffer.from(text).toString('base64')

/** Three combined nodes with a static quorum, formatted. */
function clusterPlan(running: boolean): RoomPlan {
  const nodes = names.map((host, index) => ({ host, id: index + 1 }))
  const voters = nodes.map(({ host, id }) => `${id}@${host}:9093`).join(',')
  return planOf({
    hosts: nodes.map(({ host, id }) => ({ name: host, address: 10 + id })),
    files: nodes.flatMap(({ host, id }) => [
      {
        host,
        path: propertiesOf(host),
        text: `process.roles=broker,controller
node.id=${id}
controller.quorum.voters=${voters}
listeners=PLAINTEXT://:9092,CONTROLLER://:9093
advertised.listeners=PLAINTEXT://${host}:9092
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
log.dirs=${DATA}
log.cleaner.dedupe.buffer.size=2097152
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
`,
      },
      {
        host,
        path: `${DATA}/meta.properties`,
        text: base64(`version=1\ncluster.id=${CLUSTER_ID}\nnode.id=${id}\n`),
        encoding: 'base64' as const,
      },
      { host, path: '/tmp/talk.py', text: TALK },
    ]),
    nodes: nodes.map(({ host, id }) => ({
      host,
      cluster: 'main',
      id,
      roles: ['broker' as const, 'controller' as const],
      properties: propertiesOf(host),
      logDirectories: [DATA],
      running,
    })),
  })
}

/** Both ends of a connection talk all the time; /tmp/heard has how often this one heard from another host. */
const TALK = `import socket, sys, threading, time
def talk(s):
    def say():
        try:
            while True: s.sendall(b'x'); time.sleep(0.02)
        except OSError: pass
    threading.Thread(target=say, daemon=True).start()
    heard = 0
    while s.recv(1): heard += 1; open('/tmp/heard', 'w').write(str(heard))
if sys.argv[1] == 'listen':
    server = socket.create_server(('', 5000))
    while True:
        s, (peer, _) = server.accept()
        if not peer.startswith('127.'): threading.Thread(target=talk, args=(s,), daemon=True).start()
else: talk(socket.create_connection((sys.argv[1], 5000)))
`

const on = (action: (typeof NODE_ACTIONS)[number], host: string) => ({ action, host })
const processOf = (room: TestRoom, host: string) => room.observed('process').findLast((one) => one.host === host)
const becomes = (room: TestRoom, host: string, state: string) =>
  until(
    () => processOf(room, host)?.state === state,
    () => `${host} to be ${state}: it is ${processOf(room, host)?.state}`,
  )
const alreadySo = (message: string) => ({ code: 'ALREADY_SO', message })
const cutsOf = (room: TestRoom) => room.observed('network').at(-1)?.cuts

/**
 * What a fault brought to its host, from the moment that it was asked for. Elsewhere other things happen by themselves:
 * a broker ends some time after its disk was full.
 */
async function seenOf(room: TestRoom, fault: Fault & { host: string }) {
  const before = room.messages.length
  await room.fault(fault)
  return () =>
    room.messages.slice(before).flatMap((message) => {
      if (message.type !== 'observed') return []
      const { observation: seen } = message
      if (seen.type === 'fault') return [`${seen.by}: ${seen.fault.action}`]
      if (!('host' in seen) || seen.host !== fault.host) return []
      if (seen.type === 'process') return [`${seen.host} ${seen.state}`]
      return seen.type === 'disk' ? [`${seen.host} ${seen.full ? 'full' : 'not full'}`] : []
    })
}

async function heardBy(room: TestRoom, host: string): Promise<number> {
  return Number((await room.run('cat /tmp/heard', host)).stdout)
}
const hearsMore = async (room: TestRoom, host: string) => {
  const before = await heardBy(room, host)
  return until(async () => (await heardBy(room, host)) > before + 3, `${host} to hear more`)
}
const hearsNothing = async (room: TestRoom, host: string) => {
  const before = await heardBy(room, host)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(await heardBy(room, host)).toBe(before)
}
const pings = async (room: TestRoom, from: string, to: string) =>
  (await room.run(`ping -c1 -W1 ${to}`, from)).stdout.includes('1 received')

describe.each(OWNERS)('a room of three nodes, of %s', (owner: Owner) => {
  /** The rest does not depend on who started the room. */
  const whole = test.runIf(owner === OWNERS[0])

  let place: Place
  let room: TestRoom
  beforeAll(async () => {
    place = makePlace(owner)
    room = await start(place, clusterPlan(true))
  })
  afterAll(async () => {
    const namespaces = existsSync(room.directory) ? room.namespaces() : new Map<string, number>()
    await room.room.end()
    expect(remains(room, namespaces)).toEqual([])
    place.remove()
  })

  test('runs what is declared as running, as a learner would have started it', async () => {
    for (const host of names) await becomes(room, host, 'running')
    expect(room.observed('fault').map(({ fault, by }) => [fault.action, by])).toEqual(names.map(() => ['start', 'lab']))
    await until(() => names.every((host) => room.observed('node-up').some((one) => one.host === host)), 'all to answer')
    await until(() => room.observed('quorum').some(({ leader }) => leader !== null), 'a leader')
    const { stdout } = await room.run(
      `pgrep -f 'kafka[.]Kafka'; stat -c %U ${DATA}/meta.properties ${propertiesOf('broker-2')}
      ls ~/kafka/logs; ps -eo args= | grep -c 'kafka[.]Kafka ${propertiesOf('broker-2')}'`,
      'broker-2',
    )
    const [pid, ...rest] = stdout.trim().split('\n')
    expect(Number(pid)).toBe(processOf(room, 'broker-2')?.pid)
    expect(rest).toEqual(expect.arrayContaining(['learner', 'server.log', 'kafkaServer.out']))
    expect(rest.at(-1)).toBe('1')
  })

  test('pause and resume', async () => {
    const paused = await seenOf(room, on('pause', 'broker-1'))
    await becomes(room, 'broker-1', 'paused')
    expect(paused()).toEqual(['learner: pause', 'broker-1 paused'])
    expect((await room.run("ps -o state= -p $(pgrep -f 'kafka[.]Kafka')")).stdout).toBe('T\n')
    await expect(room.fault(on('pause', 'broker-1'))).rejects.toMatchObject(alreadySo('broker-1 is paused already.'))
    await expect(room.fault(on('start', 'broker-1'))).rejects.toMatchObject(alreadySo('broker-1 is running already.'))
    const resumed = await seenOf(room, on('resume', 'broker-1'))
    await becomes(room, 'broker-1', 'running')
    expect(resumed()).toEqual(['learner: resume', 'broker-1 running'])
    await expect(room.fault(on('resume', 'broker-1'))).rejects.toMatchObject(alreadySo('broker-1 is not paused.'))
  })

  test('kill, and start again', async () => {
    const killed = await seenOf(room, on('kill', 'broker-1'))
    await becomes(room, 'broker-1', 'none')
    expect(killed()).toEqual(['learner: kill', 'broker-1 none'])
    for (const action of ['kill', 'stop', 'pause', 'resume'] as const)
      await expect(room.fault(on(action, 'broker-1'))).rejects.toMatchObject(alreadySo('broker-1 is not running.'))
    const started = await seenOf(room, on('start', 'broker-1'))
    expect(started()).toEqual(['learner: start', 'broker-1 running'])
  })

  whole('what a learner does by hand is seen the same way', async () => {
    const shell = await room.open('broker-2')
    const typed = performance.now()
    shell.type("kill -9 $(pgrep -f 'kafka[.]Kafka')\r")
    await becomes(room, 'broker-2', 'none')
    expect(performance.now() - typed).toBeLessThan(2_000)
    shell.type(`kafka-server-start ${propertiesOf('broker-2')}\r`)
    await becomes(room, 'broker-2', 'running')
    shell.type('\x1a')
    await becomes(room, 'broker-2', 'paused')
    shell.type('fg\r')
    await becomes(room, 'broker-2', 'running')
    room.room.send({ type: 'terminal.close', terminal: shell.terminal })
    // The terminal's end hangs up on it.
    await becomes(room, 'broker-2', 'none')
    await room.fault(on('start', 'broker-2'))
  })

  describe('cuts that are real', () => {
    beforeAll(async () => {
      await room.run('(setsid python3 /tmp/talk.py listen >/dev/null 2>&1 &)', 'broker-2')
      await room.run(
        'until (setsid python3 /tmp/talk.py broker-2 >/dev/null 2>&1 &) && sleep 0.3 && [ -s /tmp/heard ]; do :; done',
      )
    })

    test('an isolated host reaches nobody; what was connected hangs and goes on when it is healed', async () => {
      for (const host of ['broker-1', 'broker-2']) await hearsMore(room, host)
      await room.fault({ action: 'isolate', host: 'broker-1' })
      expect(cutsOf(room)).toHaveLength(4)
      const tried = [pings(room, 'broker-1', 'broker-2'), pings(room, 'broker-3', 'broker-1')]
      expect(await Promise.all([...tried, pings(room, 'broker-2', 'broker-3')])).toEqual([false, false, true])
      for (const host of ['broker-1', 'broker-2']) await hearsNothing(room, host)
      await expect(room.fault({ action: 'isolate', host: 'broker-1' })).rejects.toMatchObject(
        alreadySo('broker-1 is isolated already.'),
      )
      await room.fault({ action: 'heal', host: 'broker-1' })
      expect(cutsOf(room)).toEqual([])
      expect(await pings(room, 'broker-1', 'broker-2')).toBe(true)
      for (const host of ['broker-1', 'broker-2']) await hearsMore(room, host)
      await expect(room.fault({ action: 'heal', host: 'broker-1' })).rejects.toMatchObject(
        alreadySo('No link of broker-1 is cut.'),
      )
    })

    whole('one direction, the other goes on', async () => {
      const cut: Fault = { action: 'cut', from: 'broker-1', to: 'broker-2' }
      await room.fault(cut)
      expect(cutsOf(room)).toEqual([{ from: 'broker-1', to: 'broker-2' }])
      await hearsNothing(room, 'broker-2')
      // Datagrams, as nothing answers them: what broker-2 says arrives, what broker-1 says does not.
      const listens =
        'timeout 1.2 python3 -c "import socket as s; u = s.socket(s.AF_INET, s.SOCK_DGRAM); u.bind((\'\', 5001)); print(u.recv(9))"'
      const says = (to: string) => `for i in 1 2 3 4 5 6; do echo hello >/dev/udp/${to}/5001; sleep 0.1; done`
      const [atOne, atTwo] = await Promise.all([
        room.run(listens, 'broker-1'),
        room.run(listens, 'broker-2'),
        room.run(says('broker-2'), 'broker-1'),
        room.run(says('broker-1'), 'broker-2'),
      ])
      expect(atOne.stdout).toContain('hello')
      expect(atTwo.stdout).toBe('')
      await expect(room.fault(cut)).rejects.toMatchObject(
        alreadySo('The link from broker-1 to broker-2 is cut already.'),
      )
    })

    whole('a split takes the place of earlier cuts; a host in no group keeps its links', async () => {
      const split: Fault = { action: 'split', groups: [['broker-1'], ['broker-3']] }
      await room.fault(split)
      expect(cutsOf(room)).toHaveLength(2)
      expect(await pings(room, 'broker-1', 'broker-2')).toBe(true)
      expect(await pings(room, 'broker-2', 'broker-3')).toBe(true)
      expect(await pings(room, 'broker-1', 'broker-3')).toBe(false)
      await expect(room.fault(split)).rejects.toMatchObject(alreadySo('The room is split so already.'))
    })

    whole('a host whose first process dies keeps its cuts', async () => {
      const [lost, other] = [await room.open('broker-3'), await room.open('broker-2')]
      const outer = descendants(room.pid).find((pid) => commandLine(pid).includes('--hostname broker-3'))!
      process.kill(descendants(outer).find((pid) => commandLine(pid).startsWith('sh -c'))!, 'SIGKILL')
      await becomes(room, 'broker-3', 'none')
      await until(
        async () => (await room.run('echo well', 'broker-3').catch(() => null))?.stdout === 'well\n',
        'broker-3 to be back',
      )
      const endOf = (viewer: typeof lost) => room.terminals.find(({ id }) => id === viewer.terminal)?.ended
      expect([endOf(lost), endOf(other)]).toEqual(['The host was restarted.', null])
      expect(await pings(room, 'broker-3', 'broker-1')).toBe(false)
      await room.fault({ action: 'heal', host: null })
      // It came back with another hardware address: for a second the others may still know the old one.
      await until(() => pings(room, 'broker-3', 'broker-1'), 'broker-3 to reach broker-1')
      await expect(room.fault({ action: 'heal', host: null })).rejects.toMatchObject(
        alreadySo('No link of this room is cut.'),
      )
      await room.fault(on('start', 'broker-3'))
    })
  })

  whole('a killed spawner takes its terminals with it, and neither the node nor another host', async () => {
    const [lost, other] = [await room.open('broker-3'), await room.open('broker-2')]
    const { pid } = processOf(room, 'broker-3')!
    lost.type('pkill -9 -f spawner.mjs\r')
    const endOf = (viewer: typeof lost) => room.terminals.find(({ id }) => id === viewer.terminal)?.ended
    await until(() => endOf(lost), 'the terminal to have ended')
    expect([endOf(lost), endOf(other)]).toEqual(["The host's terminal service was restarted.", null])
    expect((await room.run("pgrep -f 'kafka[.]Kafka'", 'broker-3')).stdout).toBe(`${pid}\n`)
    expect(processOf(room, 'broker-3')).toMatchObject({ state: 'running', pid })
  })

  whole('stop and restart', async () => {
    const stopped = await seenOf(room, on('stop', 'broker-1'))
    await becomes(room, 'broker-1', 'none')
    expect(stopped()).toEqual(['learner: stop', 'broker-1 none'])
    const { pid } = processOf(room, 'broker-2')!
    const restarted = await seenOf(room, on('restart', 'broker-2'))
    expect(restarted()).toEqual(['learner: restart', 'broker-2 none', 'broker-2 running'])
    expect(processOf(room, 'broker-2')?.pid).not.toBe(pid)
  })

  test('fill the disk, and free it', async () => {
    const filled = await seenOf(room, on('fill', 'broker-1'))
    expect(filled()).toEqual(['learner: fill', 'broker-1 full'])
    const dd = await room.run('dd if=/dev/zero of=/var/lib/kafka/more bs=64k count=1')
    expect(dd.stderr).toContain('No space left on device')
    await expect(room.fault(on('fill', 'broker-1'))).rejects.toMatchObject(
      alreadySo('The disk of broker-1 is full already.'),
    )
    expect((await room.run('echo well > /var/lib/kafka/well', 'broker-2')).status).toBe(0)
    const freed = await seenOf(room, on('free', 'broker-1'))
    expect(freed()).toEqual(['learner: free', 'broker-1 not full'])
    expect(
      (await room.run('dd if=/dev/zero of=/var/lib/kafka/more bs=1M count=50 && rm /var/lib/kafka/more')).status,
    ).toBe(0)
    await expect(room.fault(on('free', 'broker-1'))).rejects.toMatchObject(
      alreadySo('The disk of broker-1 is not filled.'),
    )
    // What a learner deletes is free too.
    await room.fault(on('fill', 'broker-1'))
    await room.run('rm /var/lib/kafka/filler-*')
    await until(() => room.observed('disk').at(-1)?.full === false, 'the disk to have room')
  })

  test('wipe', async () => {
    const wiped = await seenOf(room, on('wipe', 'broker-2'))
    await becomes(room, 'broker-2', 'none')
    expect(wiped()).toEqual(['learner: wipe', 'broker-2 none'])
    expect((await room.run(`ls -A ${DATA} | wc -l`, 'broker-2')).stdout).toBe('0\n')
    await expect(room.fault(on('wipe', 'broker-2'))).rejects.toMatchObject(
      alreadySo('The log directories of broker-2 are empty already.'),
    )
    await expect(room.fault(on('start', 'broker-2'))).rejects.toMatchObject({
      code: 'HOST_UNAVAILABLE',
      message: expect.stringMatching(/broker-2 .*: .*meta\.properties/),
    })
    await becomes(room, 'broker-2', 'none')
  })

  whole('a log directory that is a link, or lies behind one, is not wiped, nor what it leads to', async () => {
    await room.run(
      `cd ~ && mkdir -p data kept && touch data/mine kept/mine && rm -rf ${DATA} && ln -s /home/learner ${DATA}`,
    )
    await expect(room.fault(on('wipe', 'broker-1'))).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    await room.run(`rm ${DATA} && mkdir ${DATA} && touch ${DATA}/log && ln -s /home/learner ${DATA}/home`)
    await room.fault(on('wipe', 'broker-1'))
    expect((await room.run(`ls ~/data ~/kept; ls -A ${DATA} | wc -l`)).stdout).toMatch(/mine\n(.|\n)*mine\n0\n$/)
  })

  whole('a program that only looks like Kafka is not taken for it', async () => {
    await room.run(`cp /usr/bin/sleep /tmp/java; (setsid /tmp/java 30 2>/dev/null >&2 &)
      (setsid bash -c 'exec -a "java kafka.Kafka" sleep 30' >/dev/null 2>&1 &); sleep 0.5`)
    expect(processOf(room, 'broker-1')?.state).toBe('none')
    await expect(room.fault(on('kill', 'broker-1'))).rejects.toMatchObject(alreadySo('broker-1 is not running.'))
    expect((await room.run('pgrep -cx "java|sleep"')).stdout).toBe('2\n')
  })

  whole('what makes no sense is refused', async () => {
    await expect(room.fault(on('kill', 'broker-9'))).rejects.toMatchObject({ code: 'UNKNOWN_HOST' })
    await expect(room.fault({ action: 'isolate', host: 'nowhere' })).rejects.toMatchObject({ code: 'UNKNOWN_HOST' })
    const twice: Fault = { action: 'split', groups: [['broker-1'], ['broker-2', 'broker-1']] }
    await expect(room.fault(twice)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    const itself: Fault = { action: 'cut', from: 'broker-1', to: 'broker-1' }
    await expect(room.fault(itself)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    expect(cutsOf(room)).toEqual([])
  })

  whole('a killed switch takes all with it, and the gateway is told', async () => {
    await expectNothingAfterKilledSwitch(room)
  })
})

test('a node whose log directory is no place of its host is refused', async () => {
  const place = makePlace(OWNERS[0])
  const plan = clusterPlan(false)
  plan.nodes![0]!.logDirectories = ['/opt/kafka/data']
  await expect(start(place, plan)).rejects.toThrow(/a log directory lies in a home.*not at \/opt\/kafka\/data/)
  place.remove()
})
