/**
 * `npm run metadata -- dump`: the records of the metadata log's files as JSON, without a JVM. Records on stdout, notes and
 * errors on stderr. Starts in little more than Node does: imports nothing that is slow to load (zod, zstd).
 */
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync, write } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { JsonWriter } from '#labs/kafka/codec/json-writer.ts'
import { Schemas } from '#labs/kafka/codec/schemas.ts'
import { prepareZstd } from '#labs/kafka/log/compression.ts'
import { RecordLines } from '#labs/kafka/metadata/lines.ts'
import { type Piece, SegmentReader } from '#labs/kafka/metadata/segment.ts'

// half a second is too short for V8 to spend a quarter of it on inlining
setFlagsFromString('--max-inlined-bytecode-size-cumulative=200')

/** Twice as much each time: so V8 has met batches that lie across chunks before it optimises. */
const FIRST_READ_BYTES = 16 << 10
const MAX_READ_BYTES = 256 << 10
const WRITE_BYTES = 256 << 10
const MAX_WAITING_BYTES = 4 << 20
/** `00000000000000000042.log`, `00000000000000000042-0000000003.checkpoint` */
const LOG_FILE = /^(\d{20})(?:-\d{10})?\.(?:log|checkpoint)$/
/** in a node's log directory */
const METADATA_FOLDER = '__cluster_metadata-0'
const SEGMENT = /^(\d{20})\.log/

const USAGE = `usage: npm run --silent metadata -- dump FILE... [--schemas FILE]

Prints the records of __cluster_metadata as JSON, one a line:
{"file","offset","epoch","timestamp","type","version","data"}

  FILE            a segment (.log), a snapshot (.checkpoint), or a folder: all of them in it, by offset; a node's log
                  directory, too, whose ${METADATA_FOLDER} is read
  --schemas FILE  message schemas of another Kafka version, as set-up writes them
  --help          this text

Exit status: 0, also with notes (an unfinished batch at the end of a live log, records of a later Kafka);
1 if a file could not be read or some of its bytes are damaged; 2 for a wrong command line.`

const json = new JsonWriter()
let status = 0
const note = (line: string): void => void process.stderr.write(`${line}\n`)
function error(line: string): void {
  status = 1
  note(line)
}

const STDOUT = 1
const writeSome = promisify(write)

let writing = Promise.resolve()

/** Has what was printed written while more is printed: a slow reader of it slows us down. */
async function flush(): Promise<void> {
  await writing
  const bytes = json.take()
  writing = writeOut(bytes)
  // its failure is told where it is awaited
  writing.catch(() => {})
  // one batch may become so much text that it had better not be in memory twice
  if (bytes.length > MAX_WAITING_BYTES) await writing
}

/** Returns when all that was printed is written. */
async function flushAll(): Promise<void> {
  await flush()
  await writing
}

async function writeOut(bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    try {
      // process.stdout would load all of Node's streams
      written += (await writeSome(STDOUT, bytes, written)).bytesWritten
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException
      // whoever reads has had enough, as with `| head`
      if (code === 'EPIPE') process.exit(status)
      if (code !== 'EAGAIN') throw thrown
      // somebody made it non-blocking
      const rest = bytes.subarray(written)
      await new Promise<void>((resolve, reject) => process.stdout.once('error', reject).write(rest, () => resolve()))
      break
    }
  }
}

/** A folder stands for the segments and snapshots in it: their names sort by offset, a snapshot before what follows it. */
function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path]
  const names = readdirSync(path)
  const files = names.filter((name) => LOG_FILE.test(name))
  if (files.length === 0 && names.includes(METADATA_FOLDER)) return filesOf(join(path, METADATA_FOLDER))
  if (files.length === 0) error(`${path}: no segment and no snapshot in this folder`)
  return files.sort().map((name) => join(path, name))
}

/** Notes offsets that do not follow one another: those of batches have no checksum. */
class Offsets {
  #next: number | null

  constructor(readonly file: string) {
    const segment = SEGMENT.exec(basename(file))
    this.#next = segment ? Number(segment[1]) : null
  }

  follow({ batch, position }: Piece & { kind: 'batch' }): void {
    if (this.#next !== null && batch.baseOffset !== this.#next)
      note(`${this.file}: position ${position}: offset ${batch.baseOffset} where ${this.#next} was expected`)
    this.#next = batch.lastOffset + 1
  }

  /** What is not known cannot be expected. */
  lose(): void {
    this.#next = null
  }
}

/** One file on its way to stdout. */
class FileDump {
  readonly #reader = new SegmentReader()
  readonly #lines: RecordLines
  readonly #offsets: Offsets
  /** for what it waits until zstd is there */
  #held: Piece | null = null
  #hasZstd = false
  #bytes = 0
  #printed = false
  #wrong = false

  constructor(
    readonly file: string,
    schemas: Schemas,
  ) {
    this.#lines = new RecordLines(schemas, json, file)
    this.#offsets = new Offsets(file)
  }

  /** @returns where the next bytes of the file go */
  space(bytes: number): Buffer {
    return this.#reader.space(bytes)
  }

  async take(bytes: number): Promise<void> {
    this.#bytes += bytes
    this.#reader.filled(bytes)
    await this.#showAll()
  }

  async end(): Promise<void> {
    this.#reader.end()
    await this.#showAll()
    await flushAll()
    if (this.#bytes === 0) note(`${this.file}: is empty`)
    if (this.#wrong && !this.#printed)
      note(`${this.file}: nothing in it could be read: is it a file of __cluster_metadata?`)
    for (const { apiKey, version, control, count } of this.#lines.unknown)
      note(
        `${this.file}: ${count} ${control ? 'control ' : ''}record${count === 1 ? '' : 's'} of type ${apiKey} ` +
          `version ${version}, which these schemas do not have: kept as raw bytes`,
      )
  }

  async #showAll(): Promise<void> {
    for (let wait = this.#showSome(); wait; wait = this.#showSome()) await wait
  }

  /** Not async, as it is most of the work. @returns what has to be awaited before the rest, null if there is no rest */
  #showSome(): Promise<void> | null {
    for (let piece = this.#held ?? this.#reader.next(); piece; piece = this.#reader.next()) {
      this.#held = null
      if (piece.kind === 'batch' && piece.batch.compression === 'zstd' && !this.#hasZstd) {
        this.#held = piece
        this.#hasZstd = true
        return prepareZstd()
      }
      this.#show(piece)
      if (json.length >= WRITE_BYTES) return flush()
    }
    return null
  }

  #show(piece: Piece): void {
    if (piece.kind === 'damage') {
      this.#offsets.lose()
      this.#fault(piece.position, `${piece.reason}: ${piece.bytes} bytes left out`)
    } else if (piece.kind === 'tail')
      note(`${this.file}: position ${piece.position}: ends with ${piece.bytes} bytes of an unfinished batch, or zeros`)
    else {
      this.#offsets.follow(piece)
      for (const { position, offset, reason } of this.#lines.write(piece.batch))
        this.#fault(position, reason, offset === null ? '' : `, offset ${offset}`)
      this.#printed ||= json.length > 0
    }
  }

  #fault(position: number, reason: string, offset = ''): void {
    this.#wrong = true
    error(`${this.file}: position ${position}${offset}: ${reason}`)
  }
}

async function dumpFile(file: string, schemas: Schemas): Promise<void> {
  const dump = new FileDump(file, schemas)
  const descriptor = openSync(file, 'r')
  try {
    for (let size = FIRST_READ_BYTES; ; size = Math.min(size * 2, MAX_READ_BYTES)) {
      const bytes = readSync(descriptor, dump.space(size))
      if (bytes === 0) break
      await dump.take(bytes)
    }
  } finally {
    closeSync(descriptor)
  }
  await dump.end()
}

/** Those of records, by what set-up wrote beside this program. */
function installedSchemas(): string {
  const path = join(dirname(fileURLToPath(import.meta.url)), 'installation.json')
  try {
    return join(dirname(JSON.parse(readFileSync(path, 'utf8')).kafka.schemas), 'records.json')
  } catch (cause) {
    throw new Error(`${path} is missing or out of date: run "npm run setup"`, { cause })
  }
}

const said = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))

function commandLine(args: string[]) {
  const options = { schemas: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } } as const
  try {
    return parseArgs({ args, allowPositionals: true, options })
  } catch (thrown) {
    note(said(thrown))
    return null
  }
}

async function main(args: string[]): Promise<number> {
  const given = commandLine(args)
  if (given?.values.help) {
    process.stdout.write(`${USAGE}\n`)
    return 0
  }
  const [command, ...paths] = given?.positionals ?? []
  if (!given || command !== 'dump' || paths.length === 0) {
    note(USAGE)
    return 2
  }
  const schemas = Schemas.load(given.values.schemas ?? installedSchemas())
  for (const path of paths) {
    try {
      for (const file of filesOf(path)) await dumpFile(file, schemas)
    } catch (thrown) {
      if (!(thrown instanceof Error && 'code' in thrown)) throw thrown
      await flushAll()
      error(`${path}: ${thrown.message}`)
    }
  }
  return status
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code
  },
  (thrown) => {
    note(said(thrown))
    process.exit(1)
  },
)
