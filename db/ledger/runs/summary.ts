import type { Database } from '../../connection/client.ts'
import { listUntied, type Untied } from '../statements/untied.ts'
import { isOpen, type Run } from './runs.ts'

/** A run as HTTP shows it: what was asked, how far it is, what came of it. Instants are ISO 8601. */
export interface RunSummary {
  readonly id: string
  readonly report: string
  readonly period: string
  readonly account_id: number
  readonly revision: number
  readonly trigger: string
  readonly status: string
  /** 0 to 1; 1 when the run has ended. */
  readonly progress: number
  readonly provisional: boolean
  readonly as_of: string
  readonly mail: boolean
  readonly partners: readonly string[] | null
  /** Counts by state; under `reasons` why statements were not mailed, a suppressed address too (docs/definitions.md, Guarantees). */
  readonly statements: Readonly<Record<string, number>>
  readonly deliveries: Readonly<Record<string, number>>
  readonly reasons: Readonly<Record<string, number>>
  /** Periods whose sealed statements do not tie with some of this run: they have to be restated. */
  readonly untied: readonly Untied[]
  readonly timings: unknown
  readonly requested_by: string | null
  readonly due_at: string | null
  readonly created_at: string
  readonly started_at: string | null
  readonly finished_at: string | null
  /** What the run has to say about its bounds; null where the rules and the ledger agree. */
  readonly calendar_note: string | null
  /** The tz data that its bounds were reckoned by. */
  readonly tz_version: string | null
  readonly error: string | null
}

/** Summaries of runs, in their order, with two queries however many there are. */
export async function summarizeRuns(db: Database, runs: readonly Run[]): Promise<RunSummary[]> {
  if (runs.length === 0) return []
  const of = { ids: runs.map((run) => run.id), accounts: [...new Set(runs.map((run) => run.account_id))] }
  const statements = await countStatements(db, of)
  const deliveries = await countDeliveries(db, of)
  const untied = await listUntied(db, of)
  return runs.map((run) => {
    const mine = statements.filter(({ run_id }) => run_id === run.id)
    const mails = deliveries.filter(({ run_id }) => run_id === run.id)
    const suppressed = mails.filter(({ status }) => status === 'suppressed')
    return summaryOf(run, {
      statements: tally(mine, ({ status }) => status),
      reasons: { ...tally(mine, ({ reason }) => reason), ...tally(suppressed, ({ status }) => status) },
      deliveries: tally(mails, ({ status }) => status),
      untied: untied.get(run.id) ?? [],
    })
  })
}

/** The accounts lead the keys: without them every count would read the whole ledger. */
interface Those {
  readonly ids: readonly string[]
  readonly accounts: readonly number[]
}

function countStatements(db: Database, { ids, accounts }: Those) {
  return db
    .selectFrom('statements')
    .select(['run_id', 'status', 'reason'])
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where('account_id', 'in', accounts)
    .where('run_id', 'in', ids)
    .groupBy(['run_id', 'status', 'reason'])
    .execute()
}

function countDeliveries(db: Database, { ids, accounts }: Those) {
  return db
    .selectFrom('deliveries')
    .select(['run_id', 'status'])
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where('account_id', 'in', accounts)
    .where('run_id', 'in', ids)
    .where('resend_of', 'is', null)
    .groupBy(['run_id', 'status'])
    .execute()
}

type Counts = Record<string, number>

function tally<Row extends { count: string }>(rows: readonly Row[], named: (row: Row) => string | null): Counts {
  const counts: Counts = {}
  for (const row of rows) {
    const name = named(row)
    if (name !== null) counts[name] = (counts[name] ?? 0) + Number(row.count)
  }
  return counts
}

interface Counted {
  readonly statements: Counts
  readonly deliveries: Counts
  readonly reasons: Counts
  readonly untied: readonly Untied[]
}

function summaryOf(run: Run, { statements, deliveries, reasons, untied }: Counted): RunSummary {
  return {
    id: run.id,
    report: run.report,
    period: run.period,
    account_id: run.account_id,
    revision: run.revision,
    trigger: run.trigger,
    status: run.status,
    progress: progressOf(run, statements, deliveries),
    provisional: run.provisional,
    as_of: run.as_of.toISOString(),
    mail: run.mail,
    partners: run.partners,
    statements,
    deliveries,
    reasons,
    untied,
    timings: run.timings,
    requested_by: run.requested_by,
    due_at: run.due_at?.toISOString() ?? null,
    created_at: run.created_at.toISOString(),
    started_at: run.started_at?.toISOString() ?? null,
    finished_at: run.finished_at?.toISOString() ?? null,
    calendar_note: run.calendar_note,
    tz_version: run.tz_version,
    error: run.error,
  }
}

const SEALED_SHARE = 0.1

/** A tenth for the figures, the rest for files and mails; never back, for rows only move forward while a run is open. */
function progressOf(run: Run, statements: Counts, deliveries: Counts): number {
  if (!isOpen(run)) return 1
  if (['queued', 'waiting', 'computing'].includes(run.status)) return 0
  const total = sum(statements) + sum(deliveries)
  const open = ['pending', 'sending', 'unknown'].reduce(
    (count, status) => count + (deliveries[status] ?? 0),
    statements.sealed ?? 0,
  )
  const done = total === 0 ? 1 : (total - open) / total
  return Math.round((SEALED_SHARE + (1 - SEALED_SHARE) * done) * 1000) / 1000
}

const sum = (counts: Counts): number => Object.values(counts).reduce((total, count) => total + count, 0)
