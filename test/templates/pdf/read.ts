import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'

export interface ReadPdf {
  readonly info: Record<string, unknown>
  readonly marked: boolean
  readonly pages: readonly ReadPage[]
  /** All pages, as a reader would select it. */
  readonly text: string
}

export interface ReadPage {
  readonly text: string
  readonly items: readonly { readonly text: string; readonly x: number; readonly y: number; readonly width: number }[]
  readonly tree: Tree
}

export interface Tree {
  readonly role: string
  readonly alt?: string
  readonly children?: readonly Tree[]
}

/** Reads a PDF back with a reader that is not ours. */
export async function readPdf(bytes: Uint8Array): Promise<ReadPdf> {
  const document = await getDocument({ data: new Uint8Array(bytes), verbosity: 0 }).promise
  const pages: ReadPage[] = []
  for (let number = 1; number <= document.numPages; number++) {
    const page = await document.getPage(number)
    const { items } = await page.getTextContent()
    const texts = items.filter((item) => 'str' in item)
    pages.push({
      text: texts.map((item) => item.str + (item.hasEOL ? ' ' : '')).join(''),
      items: texts.map((item) => ({ text: item.str, x: item.transform[4], y: item.transform[5], width: item.width })),
      tree: (await page.getStructTree()) as Tree,
    })
  }
  const { info } = await document.getMetadata()
  const marks = await document.getMarkInfo()
  await document.destroy()
  return {
    info: info as Record<string, unknown>,
    marked: marks?.Marked === true,
    pages,
    text: pages.map((page) => page.text).join('\n'),
  }
}

/** Every element of a role below a tree. */
export function elements(tree: Tree, role: string): Tree[] {
  const below = (tree.children ?? []).flatMap((child) => elements(child, role))
  return tree.role === role ? [tree, ...below] : below
}
