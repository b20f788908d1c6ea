import type { Writable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import type { CompiledQuery } from 'kysely'
import pg from 'pg'
import { type CopyToStreamQuery, to } from 'pg-copy-streams'
import type { Snapshot } from './client.ts'
import { CsvRecords } from './copy-records.ts'

export interface CopyOptions {
  /**
   * When the sink fails midway: `drain` reads the rest away and keeps the connection, so that the transaction ends as any
   * other; `disconnect` drops the connection at once, so that a reader who hung up costs nothing more.
   * A connection with a COPY left in it never goes back to the pool.
   */
  readonly onFailure?: 'drain' | 'disconnect'
}

/**
 * Streams a query as CSV (RFC 4180, CRLF, UTF-8 with BOM, header row) into `sink` and ends it; memory stays flat
 * however many rows there are. Runs on the connection of the transaction `db`, so it reads what the transaction reads.
 * Gives the rows below the header; rejects with the first error of either end, the sink destroyed.
 */
export async function copyCsv(
  db: Snapshot,
  query: CompiledQuery,
  sink: Writable,
  { onFailure = 'drain' }: CopyOptions = {},
): Promise<{ rows: number }> {
  const records = new CsvRecords()
  const source = await openCopy(db, `copy (${inlined(query)}) to stdout (format csv, header)`)
  source.on('error', (error) => records.destroy(error))
  try {
    await pipeline(source.pipe(records), sink) // piped, not part of the pipeline: it would be destroyed in the middle of its COPY
  } catch (error) {
    if (onFailure === 'disconnect') disconnect(source)
    else await drain(source)
    throw error
  }
  return { rows: records.count - 1 }
}

/**
 * Kysely has no word for COPY, but its driver hands `sql` to pg's `client.query` as it is, and that takes a stream that
 * speaks the protocol itself. The connection is the stream's until it ends.
 */
async function openCopy(db: Snapshot, text: string): Promise<CopyToStreamQuery> {
  if (!db.isTransaction)
    throw new TypeError('COPY needs a transaction: outside one nobody else may hold its connection')
  const source = to(text)
  source.on('error', (error) => source.destroy(error)) // pg only emits it: a reader that comes later must see it too
  await db.executeQuery(sqlOf(source))
  if (source.errored) throw source.errored
  return source
}

const sqlOf = (source: CopyToStreamQuery): CompiledQuery => ({
  query: { kind: 'RawNode', sqlFragments: [], parameters: [] },
  queryId: { queryId: 'copy' },
  sql: source as unknown as string,
  parameters: [],
})

async function drain(source: CopyToStreamQuery): Promise<void> {
  if (source.destroyed) return
  await finished(source.resume()).catch(() => {}) // what broke first is the error that counts
}

function disconnect(source: CopyToStreamQuery): void {
  const { connection } = source as unknown as { connection?: { stream: { destroy: () => void } } }
  connection?.stream.destroy()
}

/** COPY takes no parameters: each goes into the text as a literal, quoted by pg. */
function inlined({ sql, parameters }: CompiledQuery): string {
  return sql.replaceAll(/\$(\d+)/g, (_, index) => literal(parameters[Number(index) - 1]))
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return value.length === 0 ? `'{}'` : `array[${value.map(literal).join(', ')}]`
  return pg.escapeLiteral(value instanceof Date ? value.toISOString() : String(value))
}
