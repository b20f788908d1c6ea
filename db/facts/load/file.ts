import type { PoolClient } from 'pg'
import { type CalendarRow, calendarOf, calendarSql } from '../../access/account-calendar.ts'
import type { Place } from '../../values/calendar.ts'
import { type FaultList, UnknownAccount } from '../faults.ts'
import { givenIn } from '../given.ts'
import { type Format, openSheet, type Sheet } from '../read/sheet.ts'
import { type FactTable, keysOf } from '../table.ts'
import type { Bringing } from './changed.ts'
import { checkStaged } from './checks.ts'
import { makeMonths } from './months.ts'
import { type Query, queryFor } from './query.ts'
import { restoreStaged } from './restore.ts'
import { type DefaultSchedule, insertMissingSchedules } from './schedules.ts'
import { stage } from './stage.ts'
import { type Counts, store } from './store.ts'
import { storeUsageEvents } from './usage-events.ts'
import { voidStaged } from './void.ts'
import { passOver } from './voided.ts'
import { findMoves, storeMoves } from './zones.ts'

/** One file, or stream, of one table. */
export interface FactFile {
  readonly table: FactTable
  readonly name: string
  readonly format: Format
  readonly open: () => AsyncIterable<Buffer>
}

/** What is done with the rows of a file; only its keys are read but for `import`. */
export type Verb = 'import' | 'void' | 'restore'

export interface FileOptions {
  readonly verb?: Verb
  /** Who takes rows back or brings them again. */
  readonly by?: string
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
  file: FactFile,
  options: FileOptions,
  faults: FaultList,
): Promise<Stored | undefined> {
  const { table, format, open } = file
  const { accountId, verb = 'import' } = options
  const query = queryFor(connection, accountId)
  const place = table.name === 'accounts' ? 'UTC' : await placeOrThrow(connection, accountId)
  const read = verb === 'import' ? table : keysOf(table)
  const sheet = await openSheet(metered(open(), options.onBytes), format, read, faults)
  if (!sheet) return undefined
  const warnings: string[] = []
  const warn = (warning: string) => void warnings.push(warning)
  await stage(connection, read, sheet, { accountId, place, warn }, faults)
  const stored = await (verb === 'import'
    ? storeSheet(connection, query, file, sheet, { ...options, warn }, faults)
    : takeOrBring(query, file, verb, options, faults))
  await connection.query('drop table staged')
  return stored && { ...stored, warnings }
}

type StoredRows = Omit<Stored, 'warnings'>

async function storeSheet(
  connection: PoolClient,
  query: Query,
  { table, name }: FactFile,
  sheet: Sheet,
  { now, warn, overwritePartnerEdits: overwrite = false, schedulesFor = [] }: FileOptions & Pick<Bringing, 'warn'>,
  faults: FaultList,
): Promise<StoredRows | undefined> {
  const given = givenIn(sheet)
  const isAccounts = table.name === 'accounts'
  const passed = isAccounts ? 0 : await passOver(query, table)
  await checkStaged(query, table, given, faults)
  const moves = isAccounts && !faults.count ? await findMoves(connection, now, faults) : []
  if (faults.count) return undefined
  const bringing = { given, ragged: sheet.ragged, overwrite, now, source: `import ${name}`, warn }
  const stored = await storeStaged(query, table, bringing, faults)
  if (stored) await storeMoves(connection, moves)
  if (stored && isAccounts) await insertMissingSchedules(connection, schedulesFor, now)
  return stored && passed ? { ...stored, counts: { ...stored.counts, void: passed } } : stored
}

async function takeOrBring(
  query: Query,
  { table, name }: FactFile,
  verb: 'void' | 'restore',
  { now, by = verb }: FileOptions,
  faults: FaultList,
): Promise<StoredRows | undefined> {
  const work = verb === 'void' ? voidStaged : restoreStaged
  const counts = await work(query, table, { now, by, source: `${verb} ${name}` }, faults)
  return counts && { counts, outdated: [] }
}

const MANY = 1000

/** A report asked for right after many rows came in is to be planned by what the tables hold now. */
async function storeStaged(
  query: Query,
  table: FactTable,
  bringing: Omit<Bringing, 'within'>,
  faults: FaultList,
): Promise<StoredRows | undefined> {
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
