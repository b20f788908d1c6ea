import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Command, Option } from 'commander'
import type { Writer } from '../../db/connection/client.ts'
import {
  ImportError,
  type ImportResult,
  importDirectory,
  importFile,
  isTable,
  NeverVoid,
  TABLE_NAMES,
  UnknownTable,
  type Verb,
} from '../../db/facts/index.ts'
import { scheduleDefaults } from '../../jobs/index.ts'
import { recordWatermark } from '../actions/set-watermark.ts'
import type { Connections } from '../runtime/connections.ts'
import { hint } from '../values/suggest.ts'
import { answer, COMMAND_LINE, EXIT, type Io, note, notesOf, UsageError, withConnections } from './command.ts'
import { parseAccount, parseInstant } from './options.ts'
import { showProgress } from './progress.ts'
import { table } from './table.ts'

interface ImportOptions {
  readonly account: number
  readonly completeThrough?: Date
  readonly overwritePartnerEdits?: boolean
  readonly void?: boolean
  readonly restore?: boolean
  readonly json?: boolean
}

/** `import TABLE FILE` and `import DIR` (docs/importing.md): all of it or none of it. */
export function addImport(program: Command, io: Io): void {
  program
    .command('import')
    .argument('<table-or-dir>', 'a table and its file, or a directory of <table>.csv and <table>.ndjson files')
    .argument('[file]', 'CSV or NDJSON')
    .option('--account <n>', 'the account whose facts these are', parseAccount, 1)
    .option(
      '--complete-through <instant>',
      'say that the imported tables are complete up to this instant',
      parseInstant,
    )
    .option('--overwrite-partner-edits', 'change also what partners have set themselves, which is kept otherwise')
    .addOption(
      new Option('--void', 'take back the rows whose keys the file has: TABLE FILE').conflicts([
        'restore',
        'completeThrough',
        'overwritePartnerEdits',
      ]),
    )
    .addOption(
      new Option('--restore', 'bring rows again that were taken back').conflicts([
        'completeThrough',
        'overwritePartnerEdits',
      ]),
    )
    .option('--json', 'print one JSON document')
    .description('bring facts in, all of a file or directory or none of it')
    .addHelpText(
      'after',
      '\nExamples:\n  bursar import commissions october.csv\n  bursar import facts/ --account 2\n  bursar import commissions wrong.csv --void',
    )
    .action(async (first: string, file: string | undefined, options: ImportOptions) => {
      try {
        const done = await withConnections(io, (connections) => importFacts(io, connections, first, file, options))
        for (const warning of done.warnings ?? []) note(io, `warning: ${warning}`)
        answer(io, options, done, (width) => [counts(done.tables, width), ...updates(done.tables)].join('\n'))
      } catch (error) {
        if (error instanceof NeverVoid) throw new UsageError(error.message)
        if (!(error instanceof ImportError)) throw error
        answer(io, options, { errors: error.errors, error_count: error.errorCount }, () => complaint(error))
        io.setExit(EXIT.failed)
      }
    })
}

async function importFacts(
  io: Io,
  connections: Connections,
  first: string,
  file: string | undefined,
  options: ImportOptions,
): Promise<ImportResult> {
  const verb: Verb = options.void ? 'void' : options.restore ? 'restore' : 'import'
  if (verb !== 'import' && file === undefined) throw new UsageError(`--${verb} takes a table and its file`)
  const size = await (file === undefined ? sizeOfFolder(first) : sizeOfFile(first, file))
  const progress = showProgress(io, size)
  let read = 0
  const onBytes = (bytes: number) => {
    read += bytes
    progress.at(read)
  }
  const common = {
    accountId: options.account,
    overwritePartnerEdits: options.overwritePartnerEdits ?? false,
    verb,
    by: COMMAND_LINE,
    now: io.clock(),
    schedulesFor: scheduleDefaults,
    onBytes,
    alongside: (writer: Writer, { tables }: ImportResult) => noteImport(connections, writer, verb, tables, options),
  }
  try {
    if (file !== undefined)
      return await importFile(connections.client, { table: first, source: file, format: formatOf(file), ...common })
    const onSkippedFile = (name: string) => note(io, `passed over ${name}: it names no table`)
    return await importDirectory(connections.client, first, { ...common, onSkippedFile })
  } finally {
    progress.stop()
  }
}

/** The watermarks stand with the facts that they speak of, and the audit log with both. */
async function noteImport(
  connections: Connections,
  writer: Writer,
  verb: Verb,
  tables: Tables,
  { account, completeThrough, overwritePartnerEdits }: ImportOptions,
): Promise<void> {
  const write = notesOf(connections, writer)
  const overwrite = overwritePartnerEdits && { overwrite_partner_edits: true }
  for (const [target, counts] of Object.entries(tables)) {
    const after = { ...counts, ...overwrite }
    await write({ action: `facts.${verb}`, target, accountId: account, after })
    if (!completeThrough) continue
    const by = { actor: COMMAND_LINE, at: connections.clock() }
    await recordWatermark(writer, { accountId: account, table: target, through: completeThrough }, by)
  }
}

const formatOf = (file: string) => (/\.(ndjson|jsonl)$/i.test(file) ? 'ndjson' : 'csv')

/** Bytes of what names a table; UsageError where it is no folder. */
async function sizeOfFolder(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => {
    throw new UsageError(
      isTable(folder)
        ? `import ${folder}: expected a file after the table`
        : `${JSON.stringify(folder)} is no directory and no table${hint(folder, TABLE_NAMES)}`,
    )
  })
  const files = names.filter((name) => isTable(name.replace(/\.(csv|ndjson)$/, '')))
  const sizes = await Promise.all(files.map(async (name) => (await stat(join(folder, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

async function sizeOfFile(table: string, file: string): Promise<number> {
  if (!isTable(table)) throw new UsageError(`${new UnknownTable(table).message}${hint(table, TABLE_NAMES)}`)
  const found = await stat(file).catch(() => undefined)
  if (!found) throw new UsageError(`${JSON.stringify(file)} does not exist`)
  return found.size
}

type Tables = ImportResult['tables']

function counts(tables: Tables, width: number): string {
  const order = TABLE_NAMES.filter((name) => name in tables)
  const rows = order.map((name) => tables[name])
  const columns = COUNTED.filter((count) => ALWAYS.includes(count) || rows.some((row) => row?.[count]))
  return table(
    ['TABLE', ...columns.map((count) => count.toUpperCase())],
    order.map((name) => [name, ...columns.map((count) => String(tables[name]?.[count] ?? 0))]),
    width,
  )
}

const ALWAYS: readonly string[] = ['inserted', 'updated', 'unchanged', 'conflicts']
const COUNTED = ['inserted', 'updated', 'unchanged', 'conflicts', 'void', 'voided', 'restored'] as const

/** Which columns changed, and which stay as partners set them: `partners updated: {blocked: 1}`. */
const updates = (tables: Tables): string[] =>
  TABLE_NAMES.flatMap((name) => [
    ...perColumn(`${name} updated`, tables[name]?.columns),
    ...perColumn(`${name} kept`, tables[name]?.kept),
  ])

function perColumn(title: string, counts: Readonly<Record<string, number>> = {}): string[] {
  const columns = Object.entries(counts).map(([column, count]) => `${column}: ${count}`)
  return columns.length ? [`${title}: {${columns.join(', ')}}`] : []
}

function complaint(error: ImportError): string {
  const lines = error.errors.map(
    (one) =>
      `${one.file}:${one.line}${one.column ? ` ${one.column}` : ''}: ${one.value === null ? '' : `${JSON.stringify(one.value)}, `}expected ${one.expected}`,
  )
  const more = error.errorCount - error.errors.length
  return [
    `nothing was imported: ${error.errorCount} ${error.errorCount === 1 ? 'error' : 'errors'}`,
    ...lines,
    ...(more > 0 ? [`… and ${more} more`] : []),
  ].join('\n')
}
