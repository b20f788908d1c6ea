/** The tags of a document (PDF 1.7, 14.8): what a screen reader is told. Built while drawing, written at the end. */
type Tag = 'Document' | 'H1' | 'H2' | 'P' | 'Table' | 'TR' | 'TH' | 'TD' | 'Figure'

export interface Element {
  readonly tag: Tag
  readonly parent: Element | undefined
  readonly kids: (Element | Mark)[]
  readonly alt?: string
  readonly scope?: 'Column' | 'Row'
}

/** A marked stretch of a page's content. */
interface Mark {
  readonly page: number
  readonly id: number
}

type Attributes = Pick<Element, 'alt' | 'scope'>

export function documentElement(): Element {
  return { tag: 'Document', parent: undefined, kids: [] }
}

/** Adds an element behind its elder siblings. */
export function addElement(parent: Element, tag: Tag, attributes: Attributes = {}): Element {
  const element = { tag, parent, kids: [], ...attributes }
  parent.kids.push(element)
  return element
}

export const isMark = (kid: Element | Mark): kid is Mark => 'page' in kid

/** Every element below and including `root`, parents before children. */
export function elementsOf(root: Element): Element[] {
  const all: Element[] = []
  const visit = (element: Element) => {
    all.push(element)
    for (const kid of element.kids) if (!isMark(kid)) visit(kid)
  }
  visit(root)
  return all
}
