import { sql } from 'kysely'
import { type Account, findAccount } from '../../../db/access/accounts.ts'
import { type Database, inSnapshot, type Snapshot } from '../../../db/connection/client.ts'
import { monthlySummaries } from '../../../db/queries/monthly-summary.ts'
import { listSubjects } from '../../../db/queries/subjects.ts'
import { monthsBefore, parsePeriod, previousPeriod } from '../../../jobs/calendar/period.ts'
import { figuresOf } from '../../../jobs/reports/monthly-summary-figures.ts'
import type { BenchDatabase } from '../database.ts'
import { PERIOD } from '../facts.ts'
import { judge, type Measured } from '../row.ts'
import type { Stage } from '../stage.ts'

const TABLES = ['commissions', 'clicks', 'licenses', 'leads', 'withdrawals'] as const
const SUMMED = {
  commissions: 'amount',
  clicks: 'clicks',
  licenses: 'seats',
  leads: 'account_id',
  withdrawals: 'amount',
}

/** `figures-scan`, `figures-per-partner`: the figures of everyone's monthly summary, up to what is sealed. */
export async function figuresRows({ options, note }: Stage, { db }: BenchDatabase): Promise<Measured[]> {
  const account = (await findAccount(db, 1)) as Account
  const partners = (await listSubjects(db, 1)).map(({ partnerId }) => partnerId)
  const rounds = options.quick ? 1 : 5
  const [own, scans]: [number[], number[]] = [[], []]
  const facts = await inSnapshot(db, countFacts)
  const before = await spills(db)
  await timed(() => allFigures(db, account, partners))
  for (let round = 0; round < rounds; round++) {
    scans.push(await timed(() => inSnapshot(db, scanAll)))
    own.push(await timed(() => allFigures(db, account, partners)))
  }
  const sample = everyNth(partners, options.quick ? 50 : 300)
  const sampled = await timed(() => onePartnerAtATime(db, account, sample))
  const spilled = (await spills(db)) - before
  note(`figures: ${facts} facts, ${partners.length} partners; ${spilled} bytes of temporary files`)
  const size = `${partners.length.toLocaleString('en')} partners, ${facts.toLocaleString('en')} facts`
  return [
    judge({
      name: 'figures-scan',
      unit: 'ms',
      peer: 'sequential sum() over the same rows',
      reach: { most: 5 },
      value: own,
      peerValue: scans,
      note: `${size}; ${spilled.toLocaleString('en')} bytes of temporary files`,
    }),
    judge({
      name: 'figures-per-partner',
      unit: 'partners/s',
      peer: 'one query per partner, same figures, same indexes',
      reach: { least: 10 },
      value: own.map((ms) => (partners.length * 1000) / ms),
      peerValue: [(sample.length * 1000) / sampled],
      note: `${size}; per partner measured on ${sample.length}`,
    }),
  ]
}

const everyNth = <T>(items: readonly T[], count: number): T[] =>
  items.filter((_, i) => i % Math.max(1, Math.floor(items.length / count)) === 0)

function allFigures(db: Database, account: Account, partners: readonly string[]): Promise<number> {
  return inSnapshot(db, async (snapshot) => {
    const summaryOf = await monthlySummaries(snapshot, account, spansOf())
    const months = spansOf().months
    return partners.reduce((size, id) => size + figuresOf(account, months, summaryOf(id)).commission.lines, 0)
  })
}

async function onePartnerAtATime(db: Database, account: Account, partners: readonly string[]): Promise<void> {
  await inSnapshot(db, async (snapshot) => {
    for (const id of partners) {
      const summaryOf = await monthlySummaries(snapshot, account, spansOf(), { partners: [id] })
      figuresOf(account, spansOf().months, summaryOf(id))
    }
  })
}

function spansOf() {
  const period = parsePeriod(PERIOD, 'UTC')
  return { period, previous: previousPeriod(period), months: monthsBefore(period, 12), asOf: period.to }
}

/** Sequential scans, with as many parallel workers as the server gives to ours too. */
async function scanAll(db: Snapshot): Promise<void> {
  await sql`select set_config('enable_indexscan', 'off', true), set_config('enable_indexonlyscan', 'off', true),
    set_config('enable_bitmapscan', 'off', true)`.execute(db)
  for (const table of TABLES) await sql`select sum(${sql.ref(SUMMED[table])}) from ${sql.table(table)}`.execute(db)
}

async function countFacts(db: Snapshot): Promise<number> {
  let count = 0
  for (const table of TABLES) {
    const { rows } = await sql<{ n: string }>`select count(*) as n from ${sql.table(table)}`.execute(db)
    count += Number(rows[0]?.n)
  }
  return count
}

/** Bytes of temporary files so far. A backend tells what it wrote when it comes to rest, unless it is made to. */
async function spills(db: Database): Promise<number> {
  await sql`select pg_stat_force_next_flush()`.execute(db)
  await sql`select`.execute(db)
  const { rows } = await sql<{
    n: string
  }>`select temp_bytes as n from pg_stat_database where datname = current_database()`.execute(db)
  return Number(rows[0]?.n)
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}
