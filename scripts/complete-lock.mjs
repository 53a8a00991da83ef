/**
 * `node scripts/complete-lock.mjs`, after a change of package-lock.json: adds the optional packages of other platforms
 * that npm left out because the registry it asked does not have them. Without them `npm ci` refuses the lock file. They
 * are never installed on a platform that Kraftlab runs on, so they need no integrity.
 */
import { readFileSync, writeFileSync } from 'node:fs'

const PLATFORMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32']
const CPUS = ['arm64', 'armv7', 'arm', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el', 'wasm32']

const path = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(path, 'utf8'))
const missing = Object.values(lock.packages).flatMap(({ optionalDependencies = {} }) =>
  Object.entries(optionalDependencies).filter(([name]) => !(`node_modules/${name}` in lock.packages)),
)
for (const [name, version] of missing) {
  const words = name.split(/[/-]/)
  const os = PLATFORMS.find((platform) => words.includes(platform))
  // armv7, arm and the like are all "arm" to Node
  const cpu = CPUS.find((known) => words.includes(known)) ?? 'arm'
  const libc = name.match(/-(musl)[a-z]*$/) ? 'musl' : name.match(/-gnu[a-z]*$/) ? 'glibc' : null
  if (/^[\^~]/.test(version))
    process.stderr.write(`${name}: "${version}" is a range; the lock says its lowest version\n`)
  lock.packages[`node_modules/${name}`] = {
    version: version.replace(/^[\^~]/, ''),
    cpu: [cpu === 'armv7' ? 'arm' : cpu],
    optional: true,
    ...(os ? { os: [os] } : {}),
    ...(libc ? { libc: [libc] } : {}),
  }
}
const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1))
lock.packages = Object.fromEntries(sorted)
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`)
process.stdout.write(`${missing.length} packages of other platforms added to package-lock.json\n`)
