import { createHash, pbkdf2 } from 'node:crypto'
import { type IPty, spawn } from 'node-pty'
import { expect, onTestFinished, test, vi } from 'vitest'
import { PtyInput } from '#labs/sandbox/spawner/pty-input.ts'

/** Some tenths of a second each, on the threads that node-pty writes on. */
const ROUNDS_OF_HASHING = 300_000
const MORE_THAN_THREADS = 6
const LIMIT = { timeout: 30_000 }
const WAIT = { timeout: 10_000, interval: 20 }

function start(): { pty: IPty; said: () => string } {
  const pty = spawn('/bin/bash', ['--norc'], { cols: 80, rows: 24, env: { PS1: 'ready> ', TERM: 'xterm' } })
  let said = ''
  pty.onData((text) => {
    said += text
  })
  onTestFinished(() => pty.kill('SIGKILL'))
  return { pty, said: () => said }
}

const fdOf = (pty: IPty): number => (pty as IPty & { fd: number }).fd

/** Until all threads are free again, what is given to them waits. */
const busyThreads = (): Promise<unknown> =>
  Promise.all(
    Array.from(
      { length: MORE_THAN_THREADS },
      () => new Promise((resolve) => pbkdf2('a', 'b', ROUNDS_OF_HASHING, 64, 'sha512', resolve)),
    ),
  )

test('what was typed last into a terminal that ends is not typed into the next', LIMIT, async () => {
  const first = start()
  await vi.waitFor(() => expect(first.said()).toContain('ready> '), WAIT)
  const ended = new Promise((resolve) => first.pty.onExit(resolve))
  const input = new PtyInput(first.pty)
  const free = busyThreads()
  input.write('\x03')
  first.pty.kill('SIGHUP')
  await ended
  input.close()
  const next = start()
  expect(fdOf(next.pty)).toBe(fdOf(first.pty))
  await free
  await vi.waitFor(() => expect(next.said()).toContain('ready> '), WAIT)
  new PtyInput(next.pty).write('echo all of $((1 + 1))\r')
  await vi.waitFor(() => expect(next.said()).toContain('all of 2'), WAIT)
  expect(next.said()).not.toContain('^C')
})

test('more than a program has read so far comes whole and in order', LIMIT, async () => {
  const { pty, said } = start()
  await vi.waitFor(() => expect(said()).toContain('ready> '), WAIT)
  const input = new PtyInput(pty)
  input.write(`stty -echo raw; echo sl''eeps; sleep 0.5; head -c 200000 | md5sum; stty sane\r`)
  await vi.waitFor(() => expect(said()).toContain('sleeps'), WAIT)
  // while it sleeps, and more than a pty takes in at once
  const parts = Array.from({ length: 20 }, (_, part) => String(part % 10).repeat(10_000))
  for (const part of parts) input.write(part)
  const sum = createHash('md5').update(parts.join('')).digest('hex')
  await vi.waitFor(() => expect(said()).toContain(sum), WAIT)
})
