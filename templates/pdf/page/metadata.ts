import type { Inside } from './objects.ts'

/** What a document says of itself. */
export interface DocumentInfo {
  readonly title: string
  readonly author: string
  readonly subject: string
  /** BCP 47. */
  readonly language: string
  readonly created: Date
  /** Sixteen bytes in hex that name this document and no other. */
  readonly id: string
}

/** The XMP twin of what a document says of itself; pdfkit's own does not escape titles. */
export function writeMetadata(inside: Inside, { title, author, created, language }: DocumentInfo): void {
  const stream = inside.ref({ Type: 'Metadata', Subtype: 'XML' })
  stream.compress = false // so that it can be found without unpacking
  stream.end(
    Buffer.from(
      `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n` +
        `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
        `<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">` +
        `<dc:title><rdf:Alt><rdf:li xml:lang="x-default">${escapeXml(title)}</rdf:li></rdf:Alt></dc:title>` +
        `<dc:creator><rdf:Seq><rdf:li>${escapeXml(author)}</rdf:li></rdf:Seq></dc:creator>` +
        `<dc:language><rdf:Bag><rdf:li>${escapeXml(language)}</rdf:li></rdf:Bag></dc:language>` +
        `<xmp:CreateDate>${created.toISOString()}</xmp:CreateDate></rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>`,
    ),
  )
  inside._root.data.Metadata = stream
}

const XML: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
const escapeXml = (text: string): string => text.replace(/[&<>]/g, (char) => XML[char] ?? char)
