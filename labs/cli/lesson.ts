/** `labs lesson`: follows a lesson as its reader would, in a fresh room, and holds what it shows against what comes. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { loadSolution } from '#labs/engine/catalog.ts'
import type { Lab } from '#labs/engine/define.ts'
import {
  type Action,
  clusterOf,
  downHost,
  hasPassed,
  leaderHost,
  replay,
  type Solution,
} from '#labs/engine/solution.ts'
import type { ClusterState, LabSessionState, NodeState } from '#labs/protocol/live.ts'
import { fault as faultShape } from '#labs/protocol/observation.ts'
import { lessonsOf, loadCourses, type SoundLesson } from '#lessons/course.ts'
import { compareOutput, type Difference } from '#lessons/output.ts'
import {
  type Command,
  hostWord,
  type Item,
  KEYS,
  type Key,
  type LessonScript,
  type Output,
  readScript,
  type Skip,
  unknownHosts,
  type Wait,
} from '#lessons/script.ts'
import { findLab } from './solve.ts'
import { allUp, Visitor } from './visitor.ts'

/** A command that waits for a time-out of a minute, on a busy machine. */
const COMMAND_LIMIT_MS = 120_000
/** The cleaner comes once a minute; a broker is fenced after ten seconds. */
const CHECK_LIMIT_MS = 150_000
const AGAIN_LIMIT_MS = 60_000
const AGAIN_PAUSE_MS = 1_000
/** A console producer sends each second what it has; a terminal echoes at once. */
const TYPED_PAUSE_MS = 200
/** What comes at once with the text that a command is left for. */
const SETTLES_MS = 300

/** For the server: of a lab with variants a lesson is followed in the first, which only a server of tests may be asked for. */
export const FOLLOWED = { KRAFTLAB_VERIFY: '1' }

export type Found = { file: string; line: number } & (
  | { kind: 'output'; title: string | null; command: string; differences: Difference[] }
  | { kind: 'status'; command: string; status: number | null; fails: boolean }
  | { kind: 'text' | 'stopped'; says: string }
)
export type LessonPlay = {
  lesson: string
  commands: number
  outputs: number
  skipped: Skip[]
  found: Found[]
  ms: number
}
/** Lessons that share a room, in the order of the course. */
export type RoomOfLessons = { lab: string; lessons: SoundLesson[] }

/** @throws Error where the lesson, the course or its labs have a mistake */
export async function roomsOfLessons(): Promise<RoomOfLessons[]> {
  const { courses, problems } = await loadCourses()
  for (const { file, field, reason } of problems) throw new Error(`${file}: ${field}: ${reason}`)
  const rooms = new Map<string, RoomOfLessons>()
  for (const lesson of courses.flatMap(lessonsOf)) {
    if (lesson.problem) throw new Error(`${lesson.problem.file}: ${lesson.problem.field}: ${lesson.problem.reason}`)
    if (!lesson.lab) continue
    const room = rooms.get(lesson.lab) ?? { lab: lesson.lab, lessons: [] }
    rooms.set(lesson.lab, { ...room, lessons: [...room.lessons, lesson] })
  }
  return [...rooms.values()]
}

/**
 * Follows the lessons one after the other in one room: at the end all steps of the lab must have passed. A lesson that
 * cannot be followed to its end ends them all.
 */
export async function followLessons(
  root: string,
  url: string,
  { lab: slug, lessons }: RoomOfLessons,
  told: Pick<ReaderRoom, 'log' | 'outputs'>,
): Promise<LessonPlay[]> {
  const lab = await findLab(root, slug)
  const solution = await loadSolution(root, lab)
  const visitor = await Visitor.start(url, slug, { variant: lab.variant })
  const plays: LessonPlay[] = []
  const terminals: Terminals = new Map()
  const last = lessons.at(-1)
  try {
    await visitor.until((see) => allUp(lab, see), 'the nodes that run from the start', CHECK_LIMIT_MS)
    for (const lesson of lessons) {
      const started = Date.now()
      const script = readScript(await readFile(join(root, lesson.file), 'utf8'))
      const reader = new Reader({ visitor, lab, solution, terminals, ...told }, lesson.file)
      const whole = await reader.follow(script)
      plays.push({
        lesson: `${lesson.course}/${lesson.slug}`,
        commands: reader.commands,
        outputs: reader.outputs,
        found: reader.found,
        skipped: script.skipped,
        ms: Date.now() - started,
      })
      if (!whole) return plays
    }
    const left = visitor.see().steps.find(({ status }) => status !== 'passed')
    if (left && last)
      plays
        .at(-1)
        ?.found.push({ file: last.file, line: 1, kind: 'text', says: `step ${left.id} is not in the lessons` })
  } finally {
    await visitor.end()
  }
  return plays
}

/** By host: its terminals, and whether something runs there that does not come back. */
type Terminals = Map<string, { name: string; busy: boolean }[]>
type ReaderRoom = {
  visitor: Visitor
  lab: Lab
  solution: Solution
  terminals: Terminals
  log: (line: string) => void
  /** gets what each command has shown, for whoever writes a lesson */
  outputs?: (text: string) => void
}

type Given = { item: Command; host: string; terminal: string; output: string }

class Reader {
  commands = 0
  outputs = 0
  readonly found: Found[] = []
  private readonly hosts = new Map<string, string>()
  private last: Given | null = null
  /** of those that the page shows */
  private lastShown: Given | null = null

  constructor(
    private readonly room: ReaderRoom,
    private readonly file: string,
  ) {}

  /** @returns whether it came to the end */
  async follow(script: LessonScript): Promise<boolean> {
    const problems = [
      ...script.problems,
      ...unknownHosts(
        script,
        this.room.lab.hosts.map(({ name }) => name),
      ),
    ]
    for (const { line, reason } of problems) this.found.push({ file: this.file, line, kind: 'text', says: reason })
    if (problems.length > 0) return false
    let line = 0
    try {
      for (const { step, items } of script.parts) {
        const actions = step === null ? [] : (this.room.solution[step] ?? [])
        await this.replay(actions.filter((action) => action.do === 'predict'))
        for (const item of items) {
          line = item.line
          await this.take(item)
        }
        if (step === null) continue
        await this.answer(actions)
        const hasEnded = (see: LabSessionState) =>
          see.steps.some(({ id, status }) => id === step && status === 'passed')
        await this.room.visitor.until(hasEnded, `step ${step} to pass`, CHECK_LIMIT_MS)
      }
      return true
    } catch (error) {
      const says = error instanceof Error ? error.message : String(error)
      this.found.push({ file: this.file, line, kind: 'stopped', says })
      return false
    }
  }

  private async take(item: Item): Promise<void> {
    switch (item.do) {
      case 'run':
        this.room.log(`${this.file}:${item.line}: ${item.command.split('\n')[0]}`)
        await this.runAs(item)
        break
      case 'type':
        await this.type(item.lines, item.ends)
        break
      case 'output':
        await this.output(item)
        break
      case 'fault': {
        const host = item.host === null ? null : this.hostOf(item.host)
        const { action } = item
        const [from, to] = [item.from, item.to].map((one) => (one ? this.hostOf(one) : undefined))
        const groups = item.groups.map((group) => group.filter(Boolean).map((one) => this.hostOf(one)))
        this.room.log(`${this.file}:${item.line}: ${action} ${host ?? ''}`)
        await this.room.visitor.fault(faultShape.parse({ action, host, from, to, groups }))
        if (item.as && host) this.hosts.set(item.as, host)
        break
      }
      case 'name':
        this.hosts.set(item.as, this.hostOf(item.host))
        break
      case 'wait': {
        const host = item.host === null ? '' : this.hostOf(item.host)
        const what = `${host} ${item.what}`.trim()
        await this.room.visitor.until((see) => HOLDS[item.what](see, host), what, CHECK_LIMIT_MS)
        break
      }
      case 'edit':
        this.room.log(`${this.file}:${item.line}: edit ${item.path}`)
        await this.room.visitor.edit(item.path, item.change)
        break
      case 'check':
        await this.tryIt(item.id)
        await this.room.visitor.until(hasPassed(item.id), `check ${item.id}`, CHECK_LIMIT_MS)
        break
    }
  }

  /** A reader who comes to a check that has a trial asks for it, as solution.ts does. */
  private async tryIt(check: string): Promise<void> {
    const hasTrial = this.room.lab.steps.some(({ checks }) => checks.some((one) => one.id === check && one.trial))
    if (!hasTrial) return
    this.room.log(`${this.file}: try ${check}`)
    await this.room.visitor.tryIt(check)
  }

  private async runAs(item: Command & { line: number }): Promise<void> {
    // Told before the command, which may kill whoever leads.
    const host = this.hostOf(item.host)
    if (item.as) this.hosts.set(item.as, host)
    const status = await this.run(item, host)
    if (item.until !== null || (status !== 0) === item.fails) return
    const { line, command, fails } = item
    this.found.push({ file: this.file, line, kind: 'status', command, status, fails })
  }

  /** @returns its exit status; null for one that does not come back */
  private async run(item: Command, host: string): Promise<number | null> {
    const name = this.freeTerminal(host)
    const terminal = await this.room.visitor.terminal(name, host)
    await terminal.prompt(COMMAND_LIMIT_MS)
    // As a click does: several lines are one paste.
    const typed = item.command.includes('\n') ? `\x1b[200~${item.command}\x1b[201~` : item.command
    await terminal.type(`${typed}\r`)
    this.commands += 1
    if (item.until !== null) {
      await terminal.shows(new RegExp(escaped(item.until)), COMMAND_LIMIT_MS)
      await pause(SETTLES_MS)
      this.given({ item, host, terminal: name, output: this.shown(name, host).output })
      if (item.ends) await this.press(item.ends)
      else this.setBusy(host, name, true)
      return null
    }
    await terminal.prompt(COMMAND_LIMIT_MS)
    const { output, status } = this.shown(name, host)
    this.given({ item, host, terminal: name, output })
    return status
  }

  private given(command: Given): void {
    this.last = command
    this.room.outputs?.(command.output)
    if (command.item.by !== 'words') this.lastShown = command
  }

  private async type(lines: string[], ends: Key | null): Promise<void> {
    if (!this.last) return
    const terminal = await this.room.visitor.terminal(this.last.terminal, this.last.host)
    for (const line of lines) {
      await terminal.type(`${line}\r`)
      await pause(TYPED_PAUSE_MS)
    }
    if (ends) await this.press(ends)
  }

  private async press(key: Key): Promise<void> {
    if (!this.last) return
    const terminal = await this.room.visitor.terminal(this.last.terminal, this.last.host)
    await terminal.type(KEYS[key])
    await terminal.prompt(COMMAND_LIMIT_MS)
    this.setBusy(this.last.host, this.last.terminal, false)
  }

  private async output(item: Output & { line: number }): Promise<void> {
    const given = item.again || item.host !== null ? this.lastShown : this.last
    if (!given) return
    this.outputs += 1
    const differ = () => {
      const { command } = given.item
      const shown = { title: item.title, lines: item.lines, anyOrder: item.anyOrder, command }
      return compareOutput(shown, this.last?.output ?? '')
    }
    const host = item.host === null ? given.host : this.hostOf(item.host)
    const until = Date.now() + AGAIN_LIMIT_MS
    if (item.again || host !== given.host) await this.run(given.item, host)
    let differences = differ()
    while (item.again && differences.length > 0 && Date.now() < until) {
      await pause(AGAIN_PAUSE_MS)
      await this.run(given.item, host)
      differences = differ()
    }
    if (differences.length === 0) return
    const { command } = given.item
    this.found.push({ file: this.file, line: item.line, kind: 'output', title: item.title, command, differences })
  }

  /**
   * As in solution.ts, each with the command from whose output it is read there: a reader reads it off what the lesson
   * made the terminal show.
   */
  private async answer(actions: Action[]): Promise<void> {
    for (const [at, action] of actions.entries()) {
      if (action.do !== 'answer') continue
      const { given } = action
      const look =
        typeof given === 'object'
          ? actions.slice(0, at).findLast((one) => one.do === 'run' && one.host === given.host)
          : undefined
      await this.replay([...(look ? [look] : []), action])
    }
  }

  private async replay(actions: Action[]): Promise<void> {
    await replay(actions, this.room.visitor, this.room.lab.hosts[0]?.name ?? '')
  }

  private hostOf(name: string | null): string {
    if (name === null) return this.room.lab.hosts[0]?.name ?? ''
    const known = this.hosts.get(name)
    if (known) return known
    const word = hostWord(name)
    if (!word) return name
    const see = this.room.visitor.see()
    switch (word.word) {
      case 'leader':
        return leaderHost(see, word.cluster)
      case 'down':
        return downHost(see, word.cluster)
      case 'follower':
        return this.followerOf(clusterOf(see, word.cluster))
    }
  }

  private followerOf({ nodes }: ClusterState): string {
    // One that has just been stopped may still be shown as up.
    const named = [...this.hosts.values()]
    // With ZooKeeper nobody votes, and any broker may be the controller.
    const mayLead = ({ votes, roles }: NodeState) =>
      votes || (nodes.every((node) => !node.votes) && roles.includes('broker'))
    const found = nodes.find((node) => mayLead(node) && node.up && !node.leads && !named.includes(node.host))
    if (!found) throw new Error('no host is shown as a follower')
    return found.host
  }

  private freeTerminal(host: string): string {
    const all = this.room.terminals.get(host) ?? []
    this.room.terminals.set(host, all)
    const free = all.find(({ busy }) => !busy)
    if (free) return free.name
    // The first has the name that solutions give theirs.
    const opened = { name: all.length === 0 ? 'main' : `main-${all.length + 1}`, busy: false }
    all.push(opened)
    return opened.name
  }

  private setBusy(host: string, name: string, busy: boolean): void {
    const terminal = this.room.terminals.get(host)?.find((one) => one.name === name)
    if (terminal) terminal.busy = busy
  }

  private shown(terminal: string, host: string): { output: string; status: number | null } {
    return outputOf(this.room.visitor.raw(terminal, host))
  }
}

const brokersUp = (see: LabSessionState): boolean =>
  see.clusters.every(({ nodes }) => nodes.every(({ roles, fenced }) => !roles.includes('broker') || fenced === false))

const nodesOf = (see: LabSessionState) => see.clusters.flatMap(({ nodes }) => nodes)

const HOLDS: Record<Wait, (see: LabSessionState, host: string) => boolean> = {
  leader: (see) => see.clusters.every(({ leader }) => leader !== null),
  'no-leader': (see) => see.clusters.every(({ leader }) => leader === null),
  brokers: brokersUp,
  'in-sync': (see) =>
    see.clusters.every(({ topics }) =>
      topics.every(({ partitions }) => partitions.every(({ replicas }) => replicas.every(({ inSync }) => inSync))),
    ),
  probe: (see) => (see.clusters[0]?.probe?.acknowledged ?? 0) > 0,
  // A controller answers before it knows whom to follow, and a broker before it may serve.
  up: (see, host) =>
    nodesOf(see).some(
      (node) =>
        node.host === host &&
        node.up &&
        (!node.roles.includes('broker') || node.fenced === false) &&
        (!node.roles.includes('controller') || (node.view?.leader ?? null) !== null),
    ),
  down: (see, host) => nodesOf(see).some((node) => node.host === host && !node.up),
  // One that takes its leave answers no more, and cannot be started yet.
  gone: (see, host) => nodesOf(see).some((node) => node.host === host && !node.up && node.process === 'none'),
}

/** Between the shell's marks that a command runs and that it has ended (OSC 133 ; C and D). */
function outputOf(raw: string): { output: string; status: number | null } {
  const begin = raw.indexOf('\x1b]133;C\x07')
  const end = raw.lastIndexOf('\x1b]133;D;')
  const text = raw.slice(Math.max(0, begin), end < 0 ? undefined : end)
  const status = /\x1b\]133;D;(\d+)/.exec(raw.slice(Math.max(0, end)))?.[1]
  return {
    output: stripVTControlCharacters(text).replaceAll('\r\n', '\n'),
    status: end < 0 || !status ? null : Number(status),
  }
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
