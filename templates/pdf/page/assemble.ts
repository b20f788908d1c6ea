import { setImmediate } from 'node:timers/promises'
import { wholePdf } from '../whole.ts'
import { type Page, utf16 } from './canvas.ts'
import { type CompactDocument, openDocument } from './document.ts'
import { SHEET } from './flow.ts'
import type { DocumentFonts } from './fontbook.ts'
import type { DocumentInfo } from './metadata.ts'
import type { OpenPage } from './objects.ts'
import { type Picture, writePicture } from './picture.ts'
import { type Element, elementsOf, isMark } from './structure.ts'

/** All that a document is, drawn and waiting to be written. */
interface Drawn {
  readonly info: DocumentInfo
  readonly pages: readonly Page[]
  readonly root: Element
  readonly fonts: DocumentFonts
  readonly logo: Picture | undefined
}

/** The name pages call the logo by. */
export const LOGO = 'Logo'

const PACK = 500 // tags in one packed stream, which is all a reader unpacks to see one of them
const BREATHER = 8 // pages between two breaths, so that a long document does not hold up the process

/** The file of a drawn document. Equal drawings give equal bytes. */
export async function assemble({ info, pages, root, fonts, logo }: Drawn): Promise<Uint8Array> {
  await setImmediate()
  const document = openDocument(info)
  const fontObjects = fonts.embed(document)
  const pictures = logo && { [LOGO]: writePicture(document, logo) }
  const opened: OpenPage[] = []
  for (const page of pages) {
    const open = document.addPage(contentOf(page))
    open.resources.data.Font = fontObjects
    if (pictures) open.resources.data.XObject = pictures
    open.dictionary.data.StructParents = page.index
    open.dictionary.data.Tabs = 'S'
    opened.push(open)
    if (pages.length > BREATHER && page.index % BREATHER === 0) await setImmediate()
  }
  await writeTags(document, root, pages, opened)
  return wholePdf(document.finish())
}

const DOWNWARDS = `1 0 0 -1 0 ${SHEET.height} cm` // PDF counts from the bottom, we from the top

function contentOf(page: Page): Uint8Array {
  const decoration = [DOWNWARDS, '/Artifact BMC q', ...page.decoration, 'Q EMC']
  return Buffer.from(`${[...decoration, ...page.content].join('\n')}\n`, 'latin1')
}

async function writeTags(
  document: CompactDocument,
  root: Element,
  pages: readonly Page[],
  opened: readonly OpenPage[],
): Promise<void> {
  if (pages.length > BREATHER) await setImmediate()
  const elements = elementsOf(root)
  const ids = new Map(elements.map((element) => [element, document.reserve()]))
  const pageIds = opened.map((page) => page.dictionary.id)
  const parentTree = document.reserve()
  document.tag(ids.get(root) as number, parentTree, pages.length)
  const marks = pages.map(
    (page) => `${page.index} [${page.marks.map((element) => `${ids.get(element)} 0 R`).join(' ')}]`,
  )
  const parents = { id: parentTree, text: `<</Nums [${marks.join(' ')}]>>` }
  for (let from = 0; from < elements.length; from += PACK) {
    if (from > 0) await setImmediate()
    const some = elements.slice(from, from + PACK)
    const texts = some.map((element) => ({ id: ids.get(element) as number, text: elementText(element, ids, pageIds) }))
    document.pack(from === 0 ? [parents, ...texts] : texts)
  }
}

function elementText(element: Element, ids: ReadonlyMap<Element, number>, pageIds: readonly number[]): string {
  const first = element.kids.find(isMark)
  const kids = element.kids.map((kid) => {
    if (!isMark(kid)) return `${ids.get(kid)} 0 R`
    return kid.page === first?.page ? `${kid.id}` : `<</Type /MCR /Pg ${pageIds[kid.page]} 0 R /MCID ${kid.id}>>`
  })
  const parent = element.parent ? `/P ${ids.get(element.parent)} 0 R` : ''
  const page = first ? `/Pg ${pageIds[first.page]} 0 R` : ''
  const content = kids.length === 1 && first === element.kids[0] ? kids[0] : `[${kids.join(' ')}]`
  return `<</S/${element.tag}${parent}${page}/K ${content}${attributesOf(element)}>>`
}

function attributesOf({ alt, scope }: Element): string {
  return `${alt === undefined ? '' : `/Alt ${utf16(alt)}`}${scope ? `/A<</O/Table/Scope/${scope}>>` : ''}`
}
