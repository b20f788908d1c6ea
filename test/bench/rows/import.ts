import { createReadStream, createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import pgCopy from 'pg-copy-streams'
import { importFile } from '../../../db/facts/index.ts'
import { openDatabase } from '../database.ts'
import { loadFacts } from '../facts.ts'
import { judge, type Measured, median } from '../row.ts'
import type { Stage } from '../stage.ts'

const COLUMNS = `commission_id, partner_id, kind, program, product, license_id, campaign_id, (amount / 100.0)::numeric(18, 2) as amount,
  to_char(earned_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as earned_at`

/** No round begins after it: the whole bench is to end within five minutes. */
const BUDGET_MS = 20_000

/** `import-copy`: a commission file into an empty table with all its indexes, against COPY. */
export async function importRows(stage: Stage): Promise<Measured[]> {
  const { options, folder } = stage
  const rows = options.quick ? 100_000 : 1_000_000
  const database = await openDatabase(stage)
  const file = join(folder, 'commissions.csv')
  const rowsFile = join(folder, 'rows.csv')
  const [own, peer, heap]: [number[], number[], number[]] = [[], [], []]
  try {
    const none = { clicks: 0, licenses: rows / 10, leads: 0, withdrawals: 0 }
    await loadFacts(database, { partners: 10_000, commissions: rows, ...none })
    await writeFile(database, `select ${COLUMNS} from commissions`, file, 'header')
    await writeFile(database, 'select * from commissions', rowsFile, 'header false')
    const began = performance.now()
    const enough = options.quick ? 0 : BUDGET_MS
    while (own.length === 0 || performance.now() - began < enough) {
      peer.push(await bareCopy(database, rowsFile, 'including all'))
      heap.push(await bareCopy(database, rowsFile, ''))
      own.push(await ourImport(database, file))
    }
  } finally {
    await database.drop()
  }
  const perSecond = (times: readonly number[]) => times.map((ms) => (rows * 1000) / ms)
  return [
    judge({
      name: 'import-copy',
      unit: 'rows/s',
      peer: 'bare COPY into the same table',
      reach: { least: 0.3 },
      value: perSecond(own),
      peerValue: perSecond(peer),
      note: `${rows.toLocaleString('en')} commissions, every reference checked, six indexes in both; COPY into a heap without any index ${Math.round((rows * 1000) / median(heap)).toLocaleString('en')} rows/s`,
    }),
  ]
}

type Database = Awaited<ReturnType<typeof openDatabase>>

async function writeFile({ pool }: Database, query: string, path: string, header: string): Promise<void> {
  const client = await pool.connect()
  const source = client.query(pgCopy.to(`copy (${query}) to stdout (format csv, ${header})`))
  await pipeline(source, createWriteStream(path)).finally(() => client.release())
}

/** What one would do without us: COPY of rows that are right already into one whole table with the same key and indexes. */
async function bareCopy(database: Database, path: string, like: 'including all' | ''): Promise<number> {
  await database.pool.query(`create table bare (like commissions ${like})`)
  const client = await database.pool.connect()
  const began = performance.now()
  const copy = client.query(pgCopy.from('copy bare from stdin (format csv)'))
  await pipeline(createReadStream(path, { highWaterMark: 256 * 1024 }), copy).finally(() => client.release())
  const ms = performance.now() - began
  await database.pool.query('drop table bare')
  return ms
}

async function ourImport(database: Database, path: string): Promise<number> {
  await database.pool.query('truncate commissions, commission_keys')
  const began = performance.now()
  await importFile(database, { accountId: 1, now: new Date(), table: 'commissions', source: path })
  return performance.now() - began
}
