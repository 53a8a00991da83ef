'use client'
import { ChevronDown, ChevronRight, FilePlus2, FileText, Folder, FolderLock, Link2 } from 'lucide-react'
import { useId, useRef, useState } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import { useStoredFlag } from '#components/workbench/use-stored.ts'
import type { Editor } from '#labs/engine/define.ts'
import { homely } from './homely.ts'
import { NewFile } from './new-file.tsx'
import { isUnsaved } from './open-file.ts'
import { type TreeRow, treeRows } from './tree.ts'
import { useEditor } from './use-editor.ts'

/** Beside the text where there is room, else above it; folded away where it is in the way. */
export function FileList({ editor, mayWrite }: { editor: Editor; mayWrite: boolean }) {
  const { store, listing, listProblem, files } = useEditor()
  const t = useTranslations('editor')
  const list = useId()
  const newButton = useRef<HTMLButtonElement>(null)
  const [open, setOpen] = useStoredFlag('kraftlab.files', true)
  const [naming, setNaming] = useState(false)
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set())
  const unsaved = new Set(files.filter(isUnsaved).map(({ path }) => path))
  const rows = treeRows(listing?.entries ?? [], [...unsaved], folded)
  const fold = (path: string) => {
    const next = new Set(folded)
    if (!next.delete(path)) next.add(path)
    setFolded(next)
  }
  return (
    <div
      className={cn(
        'flex min-h-0 shrink-0 flex-col bg-chrome @max-md:border-b @md:border-r',
        open ? '@max-md:max-h-[42%] @md:w-40 @2xl:w-46' : '@md:w-auto',
      )}
    >
      <div className="flex h-9 shrink-0 items-center gap-0.5 px-1 @md:border-b">
        <Button
          variant="ghost"
          size="sm"
          aria-expanded={open}
          aria-controls={list}
          aria-label={t('files', { directory: homely(editor.directory) })}
          title={`${editor.directory} · ${editor.host}`}
          onClick={() => setOpen(!open)}
          className="min-w-0 gap-1 px-1.5 font-mono text-[12px] text-ink"
        >
          {open ? <ChevronDown aria-hidden /> : <ChevronRight aria-hidden />}
          <span className={cn('truncate', !open && '@md:hidden')}>{homely(editor.directory)}</span>
        </Button>
        {mayWrite && open && (
          <Button
            ref={newButton}
            variant="ghost"
            size="icon"
            className="ml-auto size-7"
            title={t('new')}
            aria-label={t('new')}
            onClick={() => setNaming(true)}
          >
            <FilePlus2 />
          </Button>
        )}
      </div>
      <div id={list} className={cn('min-h-0 flex-1 overflow-y-auto pb-1.5', !open && 'hidden')}>
        {naming && (
          <NewFile
            onName={(path) => {
              setNaming(false)
              store.create(path)
            }}
            onCancel={(by) => {
              setNaming(false)
              if (by === 'escape') newButton.current?.focus()
            }}
          />
        )}
        {listProblem !== '' && (
          <p role="alert" className="px-2.5 py-2 text-[12px] text-bad leading-snug">
            {listProblem}
          </p>
        )}
        {listing === null && listProblem === '' && (
          <p className="px-2.5 py-2 text-[12px] text-ink-quiet">{t('listing')}</p>
        )}
        {listing?.entries.length === 0 && <p className="px-2.5 py-2 text-[12px] text-ink-quiet">{t('empty')}</p>}
        <ul className="list-none! pl-0!" data-files-list>
          {rows.map((row) => (
            <li key={row.path}>
              <Row row={row} unsaved={unsaved.has(row.path)} folded={folded.has(row.path)} onFold={fold} />
            </li>
          ))}
        </ul>
        {listing?.more && <p className="px-2.5 py-2 text-[12px] text-ink-quiet leading-snug">{t('more')}</p>}
      </div>
    </div>
  )
}

function Row(props: { row: TreeRow; unsaved: boolean; folded: boolean; onFold: (path: string) => void }) {
  const { row, unsaved, folded, onFold } = props
  const { path, name, depth, kind } = row
  const { store, active } = useEditor()
  const t = useTranslations('editor')
  const look =
    'flex h-7 w-full items-center gap-1.5 pr-2 text-left font-mono text-[12px] outline-offset-[-2px] [&_svg]:size-3.5 [&_svg]:shrink-0'
  const indent = { paddingLeft: `${10 + depth * 14}px` }
  if (kind === 'closed' || kind === 'other')
    return (
      <span className={cn(look, 'text-ink-quiet')} style={indent} title={t(kind)}>
        {kind === 'closed' ? <FolderLock aria-hidden /> : <Link2 aria-hidden />}
        <span className="truncate">{name}</span>
        <span className="sr-only">{t(kind)}</span>
      </span>
    )
  if (kind === 'directory')
    return (
      <button
        type="button"
        aria-expanded={!folded}
        className={cn(look, 'text-ink-soft hover:bg-sunken hover:text-ink')}
        style={indent}
        onClick={() => onFold(path)}
      >
        <Folder aria-hidden className={folded ? '' : 'text-accent'} />
        <span className="truncate">{name}</span>
      </button>
    )
  const isActive = path === active
  return (
    <button
      type="button"
      data-file-name={path}
      aria-current={isActive ? 'true' : undefined}
      title={path}
      className={cn(
        look,
        isActive ? 'bg-accent-wash font-medium text-ink' : 'text-ink-soft hover:bg-sunken hover:text-ink',
      )}
      style={indent}
      onClick={() => store.open(path)}
    >
      <FileText aria-hidden className="text-ink-quiet" />
      <span className="truncate">{name}</span>
      {unsaved && <Unsaved />}
    </button>
  )
}

/** A dot, and a word for who does not see it. */
export function Unsaved() {
  const t = useTranslations('editor')
  return (
    <span className="ml-auto flex shrink-0 items-center pl-1" title={t('unsaved')}>
      <span aria-hidden className="size-1.5 rounded-full bg-warn" />
      <span className="sr-only">{t('unsaved')}</span>
    </span>
  )
}
