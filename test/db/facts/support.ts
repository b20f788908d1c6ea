import { Readable } from 'node:stream'
import type { Client } from '../../../db/connection/client.ts'
import { type Format, ImportError, importFile } from '../../../db/facts/index.ts'

export const NOW = new Date('2026-11-20T12:00:00Z')

type Row = Readonly<Record<string, unknown>>

/** Rows as CSV; the columns are those of any row, an absent value is an empty cell. */
export function csv(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const cell = (value: unknown) => {
    const text = String(value ?? '')
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  return [columns, ...rows.map((row) => columns.map((column) => row[column]))]
    .map((cells) => `${cells.map(cell).join(',')}\n`)
    .join('')
}

export const ndjson = (rows: readonly Row[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('')

type Content = string | Buffer | readonly Row[]

const contentOf = (content: Content) =>
  typeof content === 'string' || Buffer.isBuffer(content) ? Buffer.from(content as string) : Buffer.from(csv(content))

/** Imports content as one file of the table and gives back its counts. */
export async function bring(
  client: Client,
  table: string,
  content: Content,
  { accountId = 1, format = 'csv' as Format } = {},
) {
  const source = Readable.from([contentOf(content)])
  const result = await importFile(client, { table, source, format, accountId, now: NOW })
  return result.tables[table]
}

/** The errors of a bad import, as [line, column, value, expected]; fails where the import succeeds. */
export async function faultsOf(...args: Parameters<typeof bring>) {
  const error = await bring(...args).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ImportError)) throw error ?? new Error('the import was accepted')
  return { errors: error.errors, count: error.errorCount }
}

/** Where the first error of a bad import is. */
export async function firstFault(...args: Parameters<typeof bring>) {
  const { errors } = await faultsOf(...args)
  const [first] = errors
  return [first?.line, first?.column]
}

/** A table's rows as JSON text, in the order of their keys: what a failed import must leave as it was. */
export async function rowsIn(client: Client, table: string): Promise<Record<string, unknown>[]> {
  const { rows } = await client.pool.query(`select to_jsonb(t) as row from ${table} t order by to_jsonb(t)::text`)
  return rows.map(({ row }) => row)
}

export const account = (some: Row = {}) => ({
  account_id: 1,
  name: 'Program',
  timezone: 'Europe/Warsaw',
  currency: 'USD',
  ...some,
})

export const partner = (id: string, some: Row = {}) => ({
  partner_id: id,
  name: `Partner ${id}`,
  email: `${id}@partner.test`,
  type: 'referral',
  created_at: '2024-06-01T10:00:00Z',
  ...some,
})

export const commission = (id: string, some: Row = {}) => ({
  commission_id: id,
  partner_id: 'p1',
  kind: 'commission',
  program: 'affiliate',
  product: 'chat',
  amount: '12.34',
  currency: 'USD',
  earned_at: '2025-03-09T10:00:00Z',
  ...some,
})
