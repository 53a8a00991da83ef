import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { cluster, defineLab, passed, step } from '#labs/engine/define.ts'
import { planRoom } from '#labs/engine/room-plan.ts'
import { installation, makePlace, planOf, start, until } from '../support/room.ts'
Object.assign(installation, { room: '/work/main/.cache/room-probe-try' })
const lab = defineLab({ slug: 'probed', title: 'P', course: 'kraft', module: 'm', minutes: 1,
  clusters: { main: cluster({ combined: 3, properties: { 'broker.session.timeout.ms': 3000, 'broker.heartbeat.interval.ms': 500, 'replica.lag.time.max.ms': 5000 } }) },
  hosts: ['client'], probe: 'main', steps: [step('one', { title: 'One', ask: 'Well?', judge: () => passed('Yes.') })] })
test('soak', async () => {
  const place = makePlace('root')
  const room = await start(place, await planRoom(process.cwd(), lab, planOf().id))
  try {
    const sample = () => room.observed('probe').at(-1)
    const t0 = Date.now()
    room.room.on('message', (m) => {
      if (m.type !== 'observed') return
      const o = m.observation
      if (o.type === 'outage') console.log(Date.now() - t0, o.kind, o.to === null ? 'OUT' : `back after ${o.to - o.from}`, o.why)
    })
    await until(() => (sample()?.acknowledged ?? 0) > 30, 'writes', 60_000)
    const end = Date.now() + Number(process.env.SOAK_S ?? 150) * 1000
    let n = 0
    while (Date.now() < end) {
      const host = `node-${1 + (n % 3)}`
      const kind = ['kill', 'pause', 'isolate'][Math.floor(n / 3) % 3]!
      n++
      const a0 = sample()!.acknowledged
      console.log(Date.now() - t0, '==', kind, host, JSON.stringify(sample()))
      await room.fault({ action: kind as 'kill', host })
      await new Promise((r) => setTimeout(r, 6000))
      await room.fault(kind === 'kill' ? { action: 'start', host } : kind === 'pause' ? { action: 'resume', host } : { action: 'heal', host: null })
      console.log(Date.now() - t0, '== healed')
      await new Promise((r) => setTimeout(r, 7000))
      expect(sample()!.lost).toEqual([])
      expect(sample()!.acknowledged).toBeGreaterThan(a0)
    }
    console.log(JSON.stringify(sample()))
    console.log(readFileSync(room.directory + '/log', 'utf8').slice(-3000))
    for (const h of ['node-1', 'node-2']) console.log(h, (await room.run('grep -hE "WARN|ERROR" ~/kafka/logs/server.log | sed "s/^[^]]*] //" | cut -c1-120 | sort | uniq -c | sort -rn | head -20', h)).stdout)
  } finally {
    await room.room.end()
    place.remove()
  }
}, 400_000)
