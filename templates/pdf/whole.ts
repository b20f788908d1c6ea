/** What was drawn is no file that a reader could open. */
export class BrokenPdf extends Error {
  override readonly name = 'BrokenPdf'
}

const TAIL = 32

/** The bytes, if they are a PDF from its head to its end with a page in it: anything less is stored and mailed by nobody. */
export function wholePdf(bytes: Uint8Array): Uint8Array {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const lacks = [
    ...(file.indexOf('%PDF-') === 0 ? [] : ['%PDF- at its start']),
    ...(file.subarray(-TAIL).includes('%%EOF') ? [] : ['%%EOF at its end']),
    ...(hasPage(file) ? [] : ['a page']),
  ]
  if (lacks.length === 0) return bytes
  throw new BrokenPdf(`the PDF of ${file.length} bytes is not whole: it lacks ${lacks.join(', ')}`)
}

const PAGE = '/Type /Page'

/** A page's own object, not that of the list of pages. */
function hasPage(file: Buffer): boolean {
  let at = file.indexOf(PAGE)
  while (at >= 0 && file[at + PAGE.length] === LETTER_S) at = file.indexOf(PAGE, at + 1)
  return at >= 0
}

const LETTER_S = 's'.charCodeAt(0)
