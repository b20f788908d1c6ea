import { Readable } from 'node:stream'
import type { Format } from '../../../db/facts/index.ts'
import { HttpProblem } from '../shared/problem.ts'

/** More than anybody sends at once, and less than a disk: a body that never ends must end somewhere. */
const MOST_BYTES = 16 * 1024 ** 3
const SILENCE_MS = 60_000

/**
 * A request's body as the import reads it. NDJSON and CSV by what the caller says they are; where it says neither, by the
 * first character. Errors with 413 past `MOST_BYTES`.
 */
export async function opened(body: Readable, contentType = ''): Promise<{ format: Format; source: Readable }> {
  const chunks = body.iterator({ destroyOnReturn: false })
  const first = await chunks.next()
  const head: Buffer = first.done ? Buffer.alloc(0) : Buffer.from(first.value)
  return { format: formatOf(contentType, head), source: Readable.from(counted(head, chunks), { objectMode: false }) }
}

function formatOf(contentType: string, head: Buffer): Format {
  if (/ndjson|jsonl|json-seq|^application\/json/i.test(contentType)) return 'ndjson'
  if (/csv/i.test(contentType)) return 'csv'
  return /^\s*\{/.test(head.toString('latin1', 0, 100).replace(/^\xEF\xBB\xBF/, '')) ? 'ndjson' : 'csv'
}

async function* counted(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  let size = head.length
  if (size > 0) yield head
  for (let next = await soon(rest.next()); !next.done; next = await soon(rest.next())) {
    size += next.value.length
    if (size > MOST_BYTES) throw new HttpProblem(413, `the body has more than ${MOST_BYTES} bytes`)
    yield next.value
  }
}

/** Whoever falls silent in the middle must not hold the tables for ever. */
async function soon<T>(next: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new HttpProblem(408, 'nothing more of the body came for a minute')), SILENCE_MS)
  })
  return Promise.race([next, late]).finally(() => clearTimeout(timer))
}
