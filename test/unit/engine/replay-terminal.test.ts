/** When a replay may type, and when its command has ended, in whatever order state and output come. */
import { expect, test } from 'vitest'
import { ReplayScreen } from '#labs/engine/replay-terminal.ts'

const PROMPT = '\x1b]133;A\x07learner@client:~/kafka$ \x1b]133;B\x07'
const SHORT_MS = 50

function aScreen() {
  const typed: string[] = []
  const state = { atPrompt: false }
  const screen = new ReplayScreen({ input: (data) => typed.push(data), atPrompt: () => state.atPrompt })
  const isAtPrompt = () =>
    screen.prompt(SHORT_MS).then(
      () => true,
      () => false,
    )
  return { screen, state, typed, isAtPrompt }
}

test('a state that is ahead of the first prompt is not believed: what comes later would end the first command', async () => {
  const { screen, state, isAtPrompt } = aScreen()
  state.atPrompt = true
  expect(await isAtPrompt()).toBe(false)
  screen.screen('Welcome.\r\n')
  expect(await isAtPrompt()).toBe(false)
  screen.output(PROMPT)
  expect(await isAtPrompt()).toBe(true)
})

test('a screen that shows the prompt has no marks, and is enough', async () => {
  const { screen, state, isAtPrompt } = aScreen()
  screen.screen('Welcome.\r\nlearner@client:~/kafka$\x1b[1C')
  expect(await isAtPrompt()).toBe(false)
  state.atPrompt = true
  expect(await isAtPrompt()).toBe(true)
})

test('a command has ended with the next prompt, whatever the state says', async () => {
  const { screen, state, typed, isAtPrompt } = aScreen()
  state.atPrompt = true
  screen.output(PROMPT)
  await screen.type('ls\r')
  expect(await isAtPrompt()).toBe(false)
  screen.output(`ls\r\n\x1b]133;C\x07logs\r\n\x1b]133;D;0\x07${PROMPT}`)
  expect(await isAtPrompt()).toBe(true)
  expect(typed).toEqual(['ls\r'])
  expect(screen.text).toContain('logs')
})
