import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import pg from 'pg'
import { type Account, findAccount } from '../../../db/access/accounts.ts'
import { inSnapshot } from '../../../db/connection/client.ts'
import { licenseCsvSql } from '../../../db/queries/license-csv.ts'
import type { CsvAnswer } from '../candidates/csv.ts'
import { openChild } from '../child.ts'
import type { BenchDatabase } from '../database.ts'
import { judge, type Measured } from '../row.ts'
import type { Stage } from '../stage.ts'

const RANGE = { from: '2000-01-01T00:00:00Z', to: '2026-11-01T00:00:00Z' } as const

/** `csv-psql`, `csv-memory`: every licence there is, into a file, each time by a fresh process. */
export async function csvRows(stage: Stage, database: BenchDatabase): Promise<Measured[]> {
  const query = await queryText(database)
  const rounds = stage.options.quick ? 1 : 3
  const [own, peer]: [CsvAnswer[], number[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    own.push(await ours(stage, database))
    const ms = await psql(stage, database, query)
    if (ms !== undefined) peer.push(ms)
  }
  const rows = own[0]?.rows ?? 0
  const note = `${rows.toLocaleString('en')} rows`
  const perSecond = (times: readonly number[]) => times.map((ms) => (rows * 1000) / ms)
  if (peer.length === 0) stage.note('csv-psql: left out, there is no psql on PATH')
  const speed = judge({
    name: 'csv-psql',
    unit: 'rows/s',
    peer: 'psql \\copy of the same query',
    reach: { least: 1 },
    value: perSecond(own.map(({ ms }) => ms)),
    peerValue: perSecond(peer),
    note: `${note}, formula guard in both`,
  })
  const memory = judge({
    name: 'csv-memory',
    unit: 'MB',
    peer: 'limit',
    reach: { limit: 120 },
    value: own.map(({ peakMb }) => peakMb),
    note: `${note}, peak of the whole process`,
  })
  return peer.length === 0 ? [memory] : [speed, memory]
}

async function ours({ folder }: Stage, { url }: BenchDatabase): Promise<CsvAnswer> {
  const child = openChild('candidates/csv')
  try {
    return await child.ask<CsvAnswer>({ url, file: join(folder, 'ours.csv'), ...RANGE })
  } finally {
    await child.close()
  }
}

/** Undefined where there is no psql. */
async function psql({ folder }: Stage, { url }: BenchDatabase, query: string): Promise<number | undefined> {
  const command = `\\copy (${query}) to '${join(folder, 'psql.csv')}' (format csv, header)`
  const began = performance.now()
  try {
    await promisify(execFile)('psql', ['--no-psqlrc', '--quiet', url, '--command', command])
    return performance.now() - began
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** On one line and without parameters, as `\copy` wants it. */
async function queryText({ db }: BenchDatabase): Promise<string> {
  const account = (await findAccount(db, 1)) as Account
  const selection = { asOf: new Date(RANGE.to), from: new Date(RANGE.from), to: new Date(RANGE.to) }
  const { sql: text, parameters } = await inSnapshot(db, async (snapshot) =>
    sql`${await licenseCsvSql(snapshot, account, selection)}`.compile(snapshot),
  )
  const literal = (value: unknown) => pg.escapeLiteral(value instanceof Date ? value.toISOString() : String(value))
  return text.replaceAll(/\$(\d+)/g, (_, index) => literal(parameters[Number(index) - 1])).replaceAll(/\s+/g, ' ')
}
