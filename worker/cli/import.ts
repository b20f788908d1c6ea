import { stat } from 'node:fs/promises'
import type { Command } from 'commander'
import { ImportError, importDirectory, importFile, isTable, TABLE_NAMES, UnknownTable } from '../../db/facts/index.ts'
import { setWatermark } from '../../db/facts/watermarks.ts'
import { scheduleDefaults } from '../../jobs/index.ts'
import { answer, EXIT, type Io, note, UsageError, withBase } from './command.ts'
import { parseAccount, parseInstant } from './options.ts'
import { table } from './table.ts'

interface ImportOptions {
  readonly account: number
  readonly completeThrough?: Date
  readonly json?: boolean
}

/** `import TABLE FILE` and `import DIR` (SPEC 3): all of it or none of it. */
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
    .option('--json', 'print one JSON document')
    .description('bring facts in, all of a file or directory or none of it')
    .addHelpText('after', '\nExamples:\n  bursar import commissions october.csv\n  bursar import facts/ --account 2')
    .action(async (first: string, file: string | undefined, options: ImportOptions) => {
      try {
        const tables = await withBase(io, async ({ client }) => {
          const result = await importFacts(io, client, first, file, options)
          if (options.completeThrough) {
            for (const name of Object.keys(result.tables))
              await setWatermark(client.db, options.account, name, options.completeThrough, io.clock())
          }
          return result
        })
        answer(io, options, tables, () => counts(tables.tables))
      } catch (error) {
        if (!(error instanceof ImportError)) throw error
        answer(io, options, { errors: error.errors, error_count: error.errorCount }, () => complaint(error))
        io.setExit(EXIT.failed)
      }
    })
}

async function importFacts(
  io: Io,
  client: Parameters<typeof importFile>[0],
  first: string,
  file: string | undefined,
  options: ImportOptions,
) {
  const common = { accountId: options.account, now: io.clock(), schedulesFor: scheduleDefaults }
  if (file === undefined) {
    const isDirectory = await stat(first).then(
      (found) => found.isDirectory(),
      () => false,
    )
    if (!isDirectory)
      throw new UsageError(
        isTable(first)
          ? `import ${first}: expected a file after the table`
          : `${JSON.stringify(first)} is no directory and no table`,
      )
    return importDirectory(client, first, {
      ...common,
      onSkippedFile: (name) => note(io, `passed over ${name}: it names no table`),
    })
  }
  if (!isTable(first)) throw new UsageError(new UnknownTable(first).message)
  await stat(file).catch(() => {
    throw new UsageError(`${JSON.stringify(file)} does not exist`)
  })
  const format = /\.(ndjson|jsonl)$/i.test(file) ? 'ndjson' : 'csv'
  return importFile(client, { table: first, source: file, format, ...common })
}

type Tables = Awaited<ReturnType<typeof importFile>>['tables']

function counts(tables: Tables): string {
  const order = TABLE_NAMES.filter((name) => name in tables)
  return table(
    ['TABLE', 'INSERTED', 'UPDATED', 'UNCHANGED', 'CONFLICTS'],
    order.map((name) => {
      const one = tables[name]
      return [
        name,
        String(one?.inserted ?? 0),
        String(one?.updated ?? 0),
        String(one?.unchanged ?? 0),
        String(one?.conflicts ?? 0),
      ]
    }),
  )
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
