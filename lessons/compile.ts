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
import { ContentError } from './content-problem.ts'
import { type Heading, rehypeHeadings } from './headings.ts'
import { CODE_THEMES, highlighter } from './highlight.ts'

/** Raise when what this module makes of the same source changes. */
const FORMAT = 'lesson-1'

type Compiled = { code: string; headings: Heading[] }
export type LessonBody = { Body: ComponentType<{ components: Record<string, unknown> }>; headings: Heading[] }

const bodies = new Map<string, Promise<LessonBody>>()

/**
 * @param file path from the root of the clone
 * @throws ContentError that names the file and the place
 */
export async function compileLesson(file: string): Promise<LessonBody> {
  const { root } = readEnvironment()
  const source = await readFile(join(root, file), 'utf8')
  const hash = createHash('sha256').update(`${FORMAT}\n${source}`).digest('hex')
  let body = bodies.get(hash)
  if (!body) {
    body = load(root, file, source, hash)
    bodies.set(hash, body)
    body.catch(() => bodies.delete(hash))
  }
  return body
}

async function load(root: string, file: string, source: string, hash: string): Promise<LessonBody> {
  const folder = join(root, '.next', 'cache', 'lessons')
  const kept = join(folder, `${hash}.json`)
  let compiled = await readFile(kept, 'utf8').then((text) => JSON.parse(text) as Compiled, ifMissing)
  if (!compiled) {
    compiled = await compile(file, source)
    await mkdir(folder, { recursive: true })
    // Two requests may write at once: each its own file, the last rename wins.
    const own = `${kept}.${process.pid}.${Math.random().toString(36).slice(2)}`
    await writeFile(own, JSON.stringify(compiled))
    await rename(own, kept)
  }
  return { Body: evaluate(compiled.code), headings: compiled.headings }
}

async function compile(file: string, source: string): Promise<Compiled> {
  const headings: Heading[] = []
  const shiki = await highlighter()
  try {
    const { code } = await bundleMDX({
      source,
      mdxOptions: (options) => ({
        ...options,
        remarkPlugins: [...(options.remarkPlugins ?? []), remarkGfm],
        rehypePlugins: [
          ...(options.rehypePlugins ?? []),
          rehypeSlug,
          [rehypeHeadings, headings],
          [rehypeShiki, shiki, { themes: CODE_THEMES, defaultColor: false, fallbackLanguage: 'text' }],
        ],
      }),
    })
    return { code, headings }
  } catch (error) {
    throw new ContentError({ file, ...placeOf(error) })
  }
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
