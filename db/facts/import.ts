import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import type { Readable } from 'node:stream'
import type { PoolClient } from 'pg'
import { beginOn, type Client, type Writer } from '../connection/client.ts'
import { FaultList, ImportError } from './faults.ts'
import { type FactFile, type FileOptions, importOne } from './load/file.ts'
import { lockTables } from './load/locks.ts'
import type { Counts } from './load/store.ts'
import type { Format } from './read/sheet.ts'
import { factTableOrThrow, factTables, parentsOf } from './tables/index.ts'

interface ImportOptions extends FileOptions {
  /** Done in the import's transaction, once all is stored: it and the facts come together or not at all. */
  readonly alongside?: (writer: Writer, result: ImportResult) => Promise<void>
}

/** Rows of this table are never void. */
export class NeverVoid extends Error {
  override readonly name = 'NeverVoid'
}

export interface ImportResult {
  readonly tables: Readonly<Record<string, Counts>>
  /** What is no fault but looks wrong, in words; absent where nothing does. */
  readonly warnings?: readonly string[]
}

/**
 * Imports one file, or one stream, into one table (docs/importing.md): all of it or nothing.
 * `verb` takes rows back instead, or brings those again. Throws ImportError on bad input, UnknownTable, UnknownAccount,
 * DetachedMonth, NeverVoid.
 */
export async function importFile(
  client: Client,
  options: ImportOptions & {
    readonly table: string
    readonly source: Readable | string
    /** Of a path the default is by its ending: `.ndjson`, `.jsonl`, else CSV. */
    readonly format?: Format
    /** What errors call the file. */
    readonly name?: string
  },
): Promise<ImportResult> {
  const { source } = options
  const path = typeof source === 'string' ? source : undefined
  const file: FactFile = {
    table: factTableOrThrow(options.table),
    name: options.name ?? (path === undefined ? options.table : basename(path)),
    format: options.format ?? formatOf(path ?? ''),
    // a request that is answered before its end must not be cut off with its answer
    open: () => (typeof source === 'string' ? readFile(source) : source.iterator({ destroyOnReturn: false })),
  }
  return importAll(client, [file], options)
}

/**
 * Imports every `<table>.csv` and `<table>.ndjson` of a directory in dependency order, in one transaction. Other files
 * are passed over and named to `onSkippedFile`. Errors as importFile's.
 */
export async function importDirectory(
  client: Client,
  directory: string,
  options: ImportOptions & { readonly onSkippedFile?: (name: string) => void },
): Promise<ImportResult> {
  const names = (await readdir(directory, { withFileTypes: true }))
    .filter((entry) => !entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
  const files = factTables.flatMap((table) =>
    names
      .filter((name) => name === `${table.name}.csv` || name === `${table.name}.ndjson`)
      .map((name) => ({ table, name, format: formatOf(name), open: () => readFile(join(directory, name)) })),
  )
  for (const name of names) if (!files.some((file) => file.name === name)) options.onSkippedFile?.(name)
  return importAll(client, files, options)
}

const formatOf = (path: string): Format => (['.ndjson', '.jsonl'].includes(extname(path)) ? 'ndjson' : 'csv')

const readFile = (path: string): AsyncIterable<Buffer> => createReadStream(path, { highWaterMark: 256 * 1024 })

async function importAll(client: Client, files: readonly FactFile[], options: ImportOptions): Promise<ImportResult> {
  if (options.verb && options.verb !== 'import' && files.some(({ table }) => table.name === 'accounts'))
    throw new NeverVoid('accounts cannot be voided: all other facts are of one')
  const connection = await client.pool.connect()
  try {
    const writer = await beginOn(connection)
    await connection.query(`set local work_mem = '64MB'; set local jit = off`)
    await lockTables(
      connection,
      options.accountId,
      files.map((file) => file.table.name),
    )
    const { outdated, ...result } = await importEach(connection, files, options)
    await options.alongside?.(writer, result)
    await writer.commit().execute()
    if (outdated.length) await connection.query(`analyze ${[...new Set(outdated)].join(', ')}`)
    connection.release()
    return result
  } catch (error) {
    connection.release(true) // ends the transaction, and a COPY that its source broke off
    throw error
  }
}

/** `outdated`: the tables whose statistics tell nothing of what was stored. */
interface Imported extends ImportResult {
  readonly outdated: readonly string[]
}

/** File after file; one that reads a table with faults is left out, as its own would only echo them. */
async function importEach(
  connection: PoolClient,
  files: readonly FactFile[],
  options: ImportOptions,
): Promise<Imported> {
  const tables: Record<string, Counts> = {}
  const faulty = new Set<string>()
  const lists: FaultList[] = []
  const outdated: string[] = []
  const warnings: string[] = []
  for (const file of files) {
    const { name } = file.table
    const faults = new FaultList(file.name)
    const echoes = parentsOf(file.table).some((parent) => faulty.has(parent))
    const stored = echoes ? undefined : await importOne(connection, file, options, faults)
    if (stored) {
      tables[name] = sum(tables[name], stored.counts)
      outdated.push(...stored.outdated)
      warnings.push(...stored.warnings)
    } else faulty.add(name)
    lists.push(faults)
  }
  if (faulty.size) throw new ImportError(lists)
  return { tables, ...(warnings.length ? { warnings } : {}), outdated }
}

const NONE: Counts = { inserted: 0, updated: 0, unchanged: 0, conflicts: 0 }

function sum(before: Counts = NONE, counts: Counts): Counts {
  const { columns, kept, ...rows } = counts
  const { columns: columnsBefore, kept: keptBefore, ...rowsBefore } = before
  const [allColumns, allKept] = [added(columnsBefore, columns), added(keptBefore, kept)]
  return {
    ...NONE,
    ...added(rowsBefore, rows),
    ...(allColumns ? { columns: allColumns } : {}),
    ...(allKept ? { kept: allKept } : {}),
  }
}

type PerName = Readonly<Record<string, number>> | undefined

function added(before: PerName, more: PerName): PerName {
  if (!before || !more) return before ?? more
  const sums = { ...before }
  for (const [column, count] of Object.entries(more)) sums[column] = (sums[column] ?? 0) + count
  return sums
}
