/** A lesson's MDX to a React component that runs on the server. Compiled once for each content, kept on disk. */
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import rehypeShiki from '@shikijs/rehype/core'
import { bundleMDX } from 'mdx-bundler'
import type { ComponentType } from 'react'
import * as React from 'react'
import * as jsxRuntime from 'react/jsx-runtime'
import rehypeSlug from 'rehype-slug'
import remarkGfm from 'remark-gfm'
import { readEnvironment } from '#config/environment.ts'
import { ContentError, type ContentProblem } from './content-problem.ts'
import { type Glossary, loadGlossary } from './glossary.ts'
import { type Heading, rehypeHeadings } from './headings.ts'
import { CODE_THEMES, highlighter } from './highlight.ts'
import { rehypeTerms } from './terms.ts'

/** Raise when what this module makes of the same source changes. */
const FORMAT = 'lesson-2'

type Compiled = { code: string; headings: Heading[] }
export type LessonBody = { Body: ComponentType<{ components: Record<string, unknown> }>; headings: Heading[] }

const bodies = new Map<string, Promise<LessonBody>>()

/** What a lesson is made from. */
type Ingredients = {
  /** path from the root of the clone */
  file: string
  source: string
  course: string
  glossary: Glossary | ContentProblem
}

/**
 * @param lesson its `file` as a path from the root of the clone
 * @throws ContentError that names the file and the place
 */
export async function compileLesson({ course, file }: { course: string; file: string }): Promise<LessonBody> {
  const { root } = readEnvironment()
  const [source, glossary] = await Promise.all([readFile(join(root, file), 'utf8'), loadGlossary(course)])
  const made = [FORMAT, course, JSON.stringify(glossary), source].join('\n')
  const hash = createHash('sha256').update(made).digest('hex')
  let body = bodies.get(hash)
  if (!body) {
    body = load(root, { file, source, course, glossary }, hash)
    bodies.set(hash, body)
    body.catch(() => bodies.delete(hash))
  }
  return body
}

async function load(root: string, from: Ingredients, hash: string): Promise<LessonBody> {
  const folder = join(root, '.next', 'cache', 'lessons')
  const kept = join(folder, `${hash}.json`)
  let compiled = await readFile(kept, 'utf8').then((text) => JSON.parse(text) as Compiled, ifMissing)
  if (!compiled) {
    compiled = await compile(from)
    await mkdir(folder, { recursive: true })
    // Two requests may write at once: each its own file, the last rename wins.
    const own = `${kept}.${process.pid}.${Math.random().toString(36).slice(2)}`
    await writeFile(own, JSON.stringify(compiled))
    await rename(own, kept)
  }
  return { Body: evaluate(compiled.code), headings: compiled.headings }
}

async function compile({ file, source, course, glossary }: Ingredients): Promise<Compiled> {
  const headings: Heading[] = []
  const problems: ContentProblem[] = []
  const terms = { glossary, href: `/courses/${course}/glossary`, file, problems }
  const shiki = await highlighter()
  let code: string
  try {
    const bundled = await bundleMDX({
      source,
      mdxOptions: (options) => ({
        ...options,
        remarkPlugins: [...(options.remarkPlugins ?? []), remarkGfm],
        rehypePlugins: [
          ...(options.rehypePlugins ?? []),
          rehypeSlug,
          [rehypeHeadings, headings],
          [rehypeTerms, terms],
          [rehypeShiki, shiki, { themes: CODE_THEMES, defaultColor: false, fallbackLanguage: 'text' }],
        ],
      }),
    })
    code = bundled.code
  } catch (error) {
    throw new ContentError({ file, ...placeOf(error) })
  }
  if (problems[0]) throw new ContentError(problems[0])
  return { code, headings }
}

/** mdx-bundler answers with a body that expects React as globals. It is our own content, so evaluating it is fine. */
function evaluate(code: string): LessonBody['Body'] {
  const run = new Function('React', 'ReactDOM', '_jsx_runtime', code)
  return (run(React, {}, jsxRuntime) as { default: LessonBody['Body'] }).default
}

/** esbuild wraps what MDX found: the text has "[plugin: ...] message" and the place. */
function placeOf(error: unknown): { field: string; reason: string } {
  const found = (error as { errors?: { text: string; location: { line: number; column: number } | null }[] })
    .errors?.[0]
  if (!found) return { field: '(whole)', reason: error instanceof Error ? (error.message.split('\n')[0] ?? '') : '' }
  const { line, column } = found.location ?? {}
  return { field: line ? `line ${line}, column ${column}` : '(whole)', reason: found.text }
}

function ifMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
