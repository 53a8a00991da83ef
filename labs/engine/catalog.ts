/**
 * The labs that set-up built: dist/catalog/<slug>/{lab,solution,wrong}.mjs. A lab with a mistake is a problem with path,
 * field and reason; the others are not touched by it.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import type { RoomPlan } from '#labs/protocol/room.ts'
import type { Lab } from './define.ts'
import type { Solution, Wrong } from './solution.ts'

export type LabProblem = { slug: string; path: string; field: string; reason: string }
export type Catalog = { labs: Map<string, Lab>; problems: LabProblem[] }

const problemFile = z.object({ path: z.string(), field: z.string(), reason: z.string() })

export async function loadCatalog(root: string): Promise<Catalog> {
  const catalog: Catalog = { labs: new Map(), problems: [] }
  const built = join(root, 'dist', 'catalog')
  for (const slug of (await readdir(built)).sort()) {
    const loaded = await loadLab(root, slug)
    if ('reason' in loaded) catalog.problems.push(loaded)
    else catalog.labs.set(slug, loaded)
  }
  return catalog
}

async function loadLab(root: string, slug: string): Promise<Lab | LabProblem> {
  const path = `labs/catalog/${slug}/lab.ts`
  const folder = join(root, 'dist', 'catalog', slug)
  try {
    const notBuilt = await readFile(join(folder, 'problem.json'), 'utf8').catch(ifMissing(null))
    if (notBuilt) return { slug, ...problemFile.parse(JSON.parse(notBuilt)) }
    const lab = (await load<Lab>(join(folder, 'lab.mjs'))).default
    if (lab?.slug !== slug) return { slug, path, field: 'slug', reason: `must be "${slug}", the name of its folder` }
    return lab
  } catch (error) {
    // A lab's own bundle has its own copy of zod, so instanceof would not know its errors.
    const issue = (error as Partial<z.ZodError>).issues?.[0]
    if (issue) return { slug, path, field: issue.path.join('.') || '(whole)', reason: issue.message }
    return { slug, path, field: '(whole)', reason: error instanceof Error ? error.message : String(error) }
  }
}

/** Of a lab with variants solution.ts and wrong.ts export one by name of each. */
export const loadSolution = (root: string, lab: Lab): Promise<Solution> => loadOf<Solution>(root, lab, 'solution')
export const loadWrong = (root: string, lab: Lab): Promise<Wrong> => loadOf<Wrong>(root, lab, 'wrong')

async function loadOf<Kind>(root: string, { slug, variant }: Lab, what: 'solution' | 'wrong'): Promise<Kind> {
  const { default: all } = await load<Kind & Record<string, Kind>>(join(root, 'dist', 'catalog', slug, `${what}.mjs`))
  if (variant === null) return all
  const found = all[variant]
  if (!found) throw new Error(`labs/catalog/${slug}/${what}.ts has nothing for variant ${variant}`)
  return found
}

/** Files below labs/catalog/<slug>/home/<host>/ lie in that host's home as they are. */
export async function labFiles(root: string, lab: Lab): Promise<RoomPlan['files']> {
  const files: RoomPlan['files'] = []
  for (const { name: host } of lab.hosts) {
    const folder = join(root, 'labs', 'catalog', lab.slug, 'home', host)
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(ifMissing([]))
    for (const entry of entries.filter((one) => one.isFile())) {
      const from = join(entry.parentPath, entry.name)
      const path = `/home/learner${from.slice(folder.length)}`
      files.push({ host, path, text: await readFile(from, 'utf8') })
    }
  }
  return files
}

const load = <Default>(path: string) => import(pathToFileURL(path).href) as Promise<{ default: Default }>

const ifMissing =
  <Value>(value: Value) =>
  (error: NodeJS.ErrnoException): Value => {
    if (error.code === 'ENOENT') return value
    throw error
  }
