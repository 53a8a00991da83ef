import { type ComponentProps, Fragment } from 'react'
import { hinged } from './hinges.ts'

/** No longer word is kept in one piece: the columns of a table would get too wide for a phone. */
const WHOLE_CHARS = 13
/** A longer one may not find room in one line of a phone. */
const LINE_CHARS = 36
const OPTION = /^(--\w+-?)(.*)$/

/** Code in a sentence: broken where a reader would, where it has to be, and an option never behind its two dashes. */
export function Code({ children, ...props }: ComponentProps<'code'>) {
  if (typeof children !== 'string') return <code {...props}>{children}</code>
  if (isWhole(children))
    return (
      <code {...props} className="whole">
        {children}
      </code>
    )
  return (
    <code {...props}>
      {children.split(/( +)/).map((word, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the words of one text never move
        <Word key={at} word={word} />
      ))}
    </code>
  )
}

const isWhole = (word: string) => word.length <= WHOLE_CHARS && !/\s/.test(word)

function Word({ word }: { word: string }) {
  if (/^ *$/.test(word)) return word
  if (isWhole(word)) return <span className="whole">{word}</span>
  const [, option, rest] = OPTION.exec(word) ?? []
  if (option)
    return (
      <>
        <span className="whole">{option}</span>
        {rest}
      </>
    )
  return hinged(word).map((part, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one word never move
    <Fragment key={at}>
      {at > 0 && <wbr className={word.length > LINE_CHARS ? undefined : 'in-table'} />}
      {part}
    </Fragment>
  ))
}
