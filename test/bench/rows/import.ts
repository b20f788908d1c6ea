import { createReadStream, createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import pgCopy from 'pg-copy-streams'
import { importFile } from '../../../db/facts/index.ts'
import { openDatabase } from '../database.ts'
import { loadFacts } from '../facts.ts'
import { judge, type Measured } from '../row.ts'
import type { Stage } from '../stage.ts'

const COLUMNS = 'commission_id, partner_id, kind, program, product, license_id, campaign_id, amount, earned_at'

/** `import-copy`: a commission file into an empty table with all its indexes, against COPY of it into one without any. */
export async function importRows(stage: Stage): Promise<Measured[]> {
  const { options, folder } = stage
  const rows = options.quick ? 100_000 : 1_000_000
  const database = await openDatabase(stage)
  const file = join(folder, 'commissions.csv')
  const [own, peer]: [number[], number[]] = [[], []]
  try {
    const none = { clicks: 0, licenses: rows / 10, leads: 0, withdrawals: 0 }
    await loadFacts(database, { partners: 10_000, commissions: rows, ...none })
    await writeFile(database, file)
    for (let round = 0; round < (options.quick ? 1 : 3); round++) {
      peer.push(await bareCopy(database, file))
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
      peer: 'COPY into a table without index or check',
      reach: { least: 0.3 },
      value: perSecond(own),
      peerValue: perSecond(peer),
      note: `${rows.toLocaleString('en')} commissions, every reference checked`,
    }),
  ]
}

type Database = Awaited<ReturnType<typeof openDatabase>>

async function writeFile({ pool }: Database, path: string): Promise<void> {
  const columns = COLUMNS.replace('amount', '(amount / 100.0)::numeric(18, 2) as amount').replace(
    'earned_at',
    `to_char(earned_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as earned_at`,
  )
  const client = await pool.connect()
  const source = client.query(pgCopy.to(`copy (select ${columns} from commissions) to stdout (format csv, header)`))
  await pipeline(source, createWriteStream(path)).finally(() => client.release())
}

async function bareCopy({ pool }: Database, path: string): Promise<number> {
  const types = COLUMNS.split(', ').map((name) => `${name} ${TYPES[name] ?? 'text'}`)
  await pool.query(`create table bare (${types.join(', ')})`)
  const client = await pool.connect()
  const began = performance.now()
  const copy = client.query(pgCopy.from(`copy bare (${COLUMNS}) from stdin (format csv, header)`))
  await pipeline(createReadStream(path, { highWaterMark: 256 * 1024 }), copy).finally(() => client.release())
  const ms = performance.now() - began
  await pool.query('drop table bare')
  return ms
}

const TYPES: Record<string, string> = { campaign_id: 'bigint', amount: 'numeric', earned_at: 'timestamptz' }

async function ourImport(database: Database, path: string): Promise<number> {
  await database.pool.query('truncate commissions')
  const began = performance.now()
  await importFile(database, { accountId: 1, now: new Date(), table: 'commissions', source: path })
  return performance.now() - began
}
