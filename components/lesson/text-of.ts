import { Children, isValidElement, type ReactNode } from 'react'

/** The text of what MDX made: a fence highlighted by shiki, or a plain string. */
export function textOf(node: ReactNode): string {
  return Children.toArray(node)
    .map((child) => {
      if (typeof child === 'string' || typeof child === 'number') return String(child)
      return isValidElement<{ children?: ReactNode }>(child) ? textOf(child.props.children) : ''
    })
    .join('')
}
