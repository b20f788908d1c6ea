import type { PoolClient } from 'pg'
import { type CalendarRow, calendarOf, calendarSql } from '../../account-calendar.ts'
import type { Place } from '../../values/calendar.ts'
import { type FaultList, UnknownAccount } from '../faults.ts'
import { givenIn } from '../given.ts'
import { type Format, openSheet } from '../read/sheet.ts'
import type { FactTable } from '../table.ts'
import type { Bringing } from './changed.ts'
import { checkStaged } from './checks.ts'
import { makeMonths } from './months.ts'
import { type Query, queryFor } from './query.ts'
import { type DefaultSchedule, insertMissingSchedules } from './schedules.ts'
import { stage } from './stage.ts'
import { type Counts, store } from './store.ts'
import { storeUsageEvents } from './usage-events.ts'
import { findMoves, storeMoves } from './zones.ts'

/** One file, or stream, of one table. */
export interface FactFile {
  readonly table: FactTable
  readonly name: string
  readonly format: Format
  readonly open: () => AsyncIterable<Buffer>
}

export interface FileOptions {
  readonly accountId: number
  /** Stamped on what the import makes besides facts. */
  readonly now: Date
  /** The reports that every account has a schedule for; rows that an account of `accounts` lacks are made. */
  readonly schedulesFor?: readonly DefaultSchedule[]
  /** Cells that a partner set itself are the import's to change, too. */
  readonly overwritePartnerEdits?: boolean
  /** Told how many more bytes of the files have been read. */
  readonly onBytes?: (bytes: number) => void
}

export interface Stored {
  readonly counts: Counts
  /** What is no fault but looks wrong, in words. */
  readonly warnings: readonly string[]
  /** The tables whose statistics tell nothing of what was stored. */
  readonly outdated: readonly string[]
}

/** Brings in one file, in the transaction of the connection. Undefined where it has faults: nothing of it was stored. */
export async function importOne(
  connection: PoolClient,
  { table, name, format, open }: FactFile,
  options: FileOptions,
  faults: FaultList,
): Promise<Stored | undefined> {
  const { accountId } = options
  const query = queryFor(connection, accountId)
  const place = table.name === 'accounts' ? 'UTC' : await placeOrThrow(connection, accountId)
  const sheet = await openSheet(metered(open(), options.onBytes), format, table, faults)
  if (!sheet) return undefined
  const warnings: string[] = []
  const warn = (warning: string) => void warnings.push(warning)
  await stage(connection, table, sheet, { accountId, place, warn }, faults)
  const given = givenIn(sheet)
  await checkStaged(query, table, given, faults)
  const moves = table.name === 'accounts' && !faults.count ? await findMoves(connection, options.now, faults) : []
  const { now, overwritePartnerEdits: overwrite = false } = options
  const bringing = { given, ragged: sheet.ragged, overwrite, now, source: `import ${name}`, warn }
  const stored = faults.count ? undefined : await storeStaged(query, table, bringing, faults)
  if (stored) await storeMoves(connection, moves)
  if (stored && table.name === 'accounts')
    await insertMissingSchedules(connection, options.schedulesFor ?? [], options.now)
  await connection.query('drop table staged')
  return stored && { ...stored, warnings }
}

const MANY = 1000

/** A report asked for right after many rows came in is to be planned by what the tables hold now. */
async function storeStaged(
  query: Query,
  table: FactTable,
  bringing: Omit<Bringing, 'within'>,
  faults: FaultList,
): Promise<Omit<Stored, 'warnings'> | undefined> {
  const { within, written, isNew } = await makeMonths(query, table)
  const counts = await (table.name === 'usage_events'
    ? storeUsageEvents(query)
    : store(query, table, { ...bringing, within }, faults))
  if (!counts) return undefined
  const isMuch = counts.inserted + counts.updated > MANY
  return { counts, outdated: isNew ? [table.name] : isMuch ? written : [] }
}

async function* metered(source: AsyncIterable<Buffer>, onBytes: (bytes: number) => void = () => {}) {
  for await (const chunk of source) {
    onBytes(chunk.length)
    yield chunk
  }
}

async function placeOrThrow(connection: PoolClient, accountId: number): Promise<Place> {
  const { rows } = await connection.query<CalendarRow & { timezone: string }>(
    `select a.timezone, ${calendarSql('a')} from accounts a where a.account_id = $1`,
    [accountId],
  )
  if (rows[0]) return calendarOf(rows[0].timezone, rows[0]) ?? rows[0].timezone
  throw new UnknownAccount(`no account ${accountId}`)
}
