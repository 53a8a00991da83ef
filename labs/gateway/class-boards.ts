/** The boards that somebody looks at, one for each class and lab. */
import type { Person } from '#data/sign-in.ts'
import type { DatabaseWorker } from '#data/worker-client.ts'
import { ClassBoard } from './class-board.ts'
import { type LabSessions, ofCourse } from './lab-sessions.ts'

type Open = { board: Promise<ClassBoard>; viewers: number }

export class ClassBoards {
  private readonly open = new Map<string, Open>()

  constructor(
    private readonly sessions: LabSessions,
    private readonly database: Pick<DatabaseWorker, 'findBoard' | 'requireBoard'>,
  ) {}

  /**
   * To be let go of once for each time that it was taken.
   * @throws KraftlabError as `requireBoard` of data/class-live.ts, UNKNOWN_LAB, BROKEN_LAB
   */
  async take(by: Person, classId: string, slug: string): Promise<{ board: ClassBoard; letGo: () => void }> {
    const lab = this.sessions.requireLab(slug)
    const of = { classId, lab: ofCourse(lab) }
    await this.database.requireBoard(by, of)
    const key = `${classId} ${slug}`
    const one = this.open.get(key) ?? {
      board: ClassBoard.open(classId, lab, this.sessions, () => this.database.findBoard(of)),
      viewers: 0,
    }
    this.open.set(key, one)
    one.viewers++
    let taken = true
    const letGo = () => {
      if (!taken) return
      taken = false
      one.viewers--
      if (one.viewers > 0) return
      if (this.open.get(key) === one) this.open.delete(key)
      one.board.then((board) => board.close()).catch(() => undefined)
    }
    try {
      return { board: await one.board, letGo }
    } catch (error) {
      letGo()
      throw error
    }
  }
}
