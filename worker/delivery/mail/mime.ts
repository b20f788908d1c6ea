import type MimeNode from 'nodemailer/lib/mime-node'
import { Encoder } from 'nodemailer/lib/qp'

/**
 * The bytes of a composed mail whose contents are all in memory: what nodemailer's own streams would write, with lines
 * ended by CRLF. Those are made for contents of any size and take three times as long over mails of ours.
 */
export function assembleMail(root: MimeNode): Buffer {
  const parts: Buffer[] = []
  write(root, (part) => parts.push(typeof part === 'string' ? Buffer.from(part) : part))
  const last = parts.findLast(({ length }) => length > 0)?.at(-1)
  if (last !== LF) parts.push(Buffer.from(last === CR ? '\n' : '\r\n'))
  return Buffer.concat(parts)
}

const CR = 0x0d
const LF = 0x0a

type Put = (part: string | Buffer) => unknown

function write(node: MimeNode, put: Put): void {
  put(`${node.buildHeaders()}\r\n\r\n`) // says which encoding the content has, and whether there are children
  if (node.content) put(encoded(contentOf(node), node.getTransferEncoding()))
  if (!node.multipart) return
  for (const [at, child] of node.childNodes.entries()) {
    put(`${at > 0 ? '\r\n' : ''}--${node.boundary}\r\n`)
    write(child, put)
  }
  put(`\r\n--${node.boundary}--\r\n`)
}

function contentOf({ content }: MimeNode): string | Buffer {
  if (typeof content === 'string' || content instanceof Buffer) return content
  throw new TypeError('a part of the mail is not in memory')
}

function encoded(content: string | Buffer, encoding: string | false): string | Buffer {
  if (encoding === 'base64') return base64Lines(Buffer.from(content as Buffer))
  if (encoding === 'quoted-printable') return withCrlf(quotedPrintable(Buffer.from(content as Buffer)))
  return withCrlf(content.toString())
}

/** The stream's own two steps at once: it breaks lines differently where a text ends with blanks or is longer than 64 KB. */
function quotedPrintable(bytes: Buffer): string {
  const encoder = new Encoder()
  let text = ''
  encoder.push = (part: string | null) => {
    text += part ?? ''
    return true
  }
  encoder._transform(bytes, 'buffer' as BufferEncoding, () => {})
  encoder._flush(() => {})
  return text
}

const withCrlf = (text: string) => text.replace(/(?<!\r)\n/g, '\r\n')

const LINE = 76

function base64Lines(bytes: Buffer): Buffer {
  const characters = Buffer.from(bytes.toString('base64'), 'latin1')
  const breaks = Math.max(0, Math.ceil(characters.length / LINE) - 1)
  const lines = Buffer.allocUnsafe(characters.length + 2 * breaks)
  for (let from = 0, to = 0; from < characters.length; from += LINE) {
    if (from > 0) to += lines.write('\r\n', to, 'latin1')
    to += characters.copy(lines, to, from, from + LINE)
  }
  return lines
}
