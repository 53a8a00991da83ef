/** A rehype plugin that lists a lesson's headings and steps, for its table of contents. */
export type Heading = { id: string; title: string; level: 2 | 3 }

type Node = {
  type: string
  value?: string
  tagName?: string
  name?: string | null
  properties?: { id?: string }
  attributes?: { type: string; name: string; value: unknown }[]
  children?: Node[]
}

/** Where a `<Step id>` is found in the page. */
export const stepAnchor = (step: string) => `step-${step}`

export function rehypeHeadings(into: Heading[]): (tree: Node) => void {
  const visit = (node: Node) => {
    const attribute = (name: string) => node.attributes?.find((one) => one.name === name)?.value
    if (node.name === 'Step' && typeof attribute('id') === 'string')
      into.push({ id: stepAnchor(String(attribute('id'))), title: String(attribute('title') ?? ''), level: 2 })
    if ((node.tagName === 'h2' || node.tagName === 'h3') && node.properties?.id)
      into.push({ id: node.properties.id, title: textOf(node), level: node.tagName === 'h2' ? 2 : 3 })
    node.children?.forEach(visit)
  }
  return visit
}

const textOf = (node: Node): string => node.value ?? (node.children ?? []).map(textOf).join('')
