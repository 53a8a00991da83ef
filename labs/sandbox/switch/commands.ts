/** The switch's own small programs (ip, nft, mount, ...): bounded, with what they said in the error. */
import { execFile, spawn } from 'node:child_process'
import { promisify } from 'node:util'

const LIMIT_MS = 20_000
const run = promisify(execFile)

/** @throws Error with the command's stderr */
export async function command(file: string, args: string[]): Promise<string> {
  try {
    return (await run(file, args, { timeout: LIMIT_MS, maxBuffer: 4 * 2 ** 20 })).stdout
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string }
    throw new Error(`${file} ${args.join(' ')}: ${stderr?.trim() || message}`, { cause: error })
  }
}

/** The same with a script on stdin. */
export function script(file: string, args: string[], input: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['pipe', 'ignore', 'pipe'], timeout: LIMIT_MS })
    let stderr = ''
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk
    })
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`${file} ${args.join(' ')}: ${stderr.trim()}`))
    })
    child.stdin.end(input)
  })
}
