import { sql } from 'kysely'
import { type Account, findAccount } from '../../db/access/accounts.ts'
import { type Database, inLongTransaction, inSnapshot, type Snapshot, type Writer } from '../../db/connection/client.ts'
import { isConnectionLoss } from '../../db/connection/outage.ts'
import { findRun, moveRun, noteCutOff, noteTiming, type Run } from '../../db/ledger/runs/runs.ts'
import { findStandings } from '../../db/ledger/statements/standings.ts'
import { insertSealed } from '../../db/ledger/statements/statements.ts'
import { listUntied } from '../../db/ledger/statements/untied.ts'
import type { Outcome, ReportDefinition } from '../../jobs/report.ts'
import { createYielding } from '../flow/yielding.ts'
import { Refused } from '../values/refused.ts'
import { claimBounds } from './bounds.ts'
import type { RunContext, RunKey } from './context.ts'
import type { LedgerRows } from './ledger-rows.ts'
import { periodOf } from './period.ts'
import { findRecipients } from './recipients.ts'
import { queueRendering } from './render.ts'
import { reportContext } from './report-context.ts'
import { restateCommand } from './restate.ts'
import { createSealer } from './sealer.ts'
import { openTies } from './ties.ts'
import { findOutdated, outdatedText } from './zone-rules.ts'

const BATCH = 250

/**
 * Computes and seals: every figure out of one snapshot, every row in one transaction. Killed in the middle, nothing of
 * it exists and the next worker starts again; once committed it is never computed again (docs/definitions.md, Guarantees).
 */
export async function computeRun(context: RunContext, { runId }: RunKey): Promise<void> {
  const run = await findRun(context.db, runId)
  if (run && (await isLeftToOthers(context, run))) return
  if (
    !run ||
    !(await moveRun(context.db, run, ['queued', 'computing'], 'computing', {
      started_at: run.started_at ?? context.clock(),
    }))
  )
    return
  const began = performance.now()
  if (context.reports.get(run.report)?.template.pdf) context.renderer.warmUp()
  try {
    if (!(await context.reads((reads) => sealRun(context, run, reads)))) return
    await tellUntied(context, run)
    await noteTiming(context.db, run, 'compute_ms', performance.now() - began)
  } catch (error) {
    const reason = await reasonToFail(context, run, error as Error)
    if (reason === undefined) throw error
    context.log.error({ run: run.id, err: error }, 'the run failed while computing')
    await moveRun(context.db, run, ['computing'], 'failed', {
      error: reason,
      finished_at: context.clock(),
      cut_off: 0,
    })
    return
  }
  await queueRendering(context, run)
}

const MOST_CUT_OFF = 5

/**
 * Undefined where the connection or the moment failed: the run is taken up again, a few times. What cuts it off each time
 * (a limit on sessions, somebody who ends them) would have it computed for ever. A database that is away counts for none.
 */
async function reasonToFail({ db }: RunContext, run: Run, error: Error): Promise<string | undefined> {
  if (!isConnectionLoss(error)) return error.message
  const times = await noteCutOff(db, run).catch(() => 0)
  if (times < MOST_CUT_OFF) return undefined
  return `cut off by the database ${times} times in a row (${error.message}): see what ends its sessions, then retry the run`
}

/** The run stays queued for a process whose tz data are as new as the ledger's. */
async function isLeftToOthers(context: RunContext, run: Run): Promise<boolean> {
  const account = await accountOf(context, run)
  const outdated = await findOutdated(context.db, account)
  if (outdated) context.log.error({ run: run.id }, outdatedText(account, outdated))
  return outdated !== undefined
}

function sealRun(context: RunContext, run: Run, reads: Database): Promise<boolean> {
  return inLongTransaction(context.db, async (writer) => {
    if (!(await lockRun(writer, run))) return false
    const report = reportOf(context, run)
    const account = await accountOf(context, run)
    await inSnapshot(reads, (snapshot) => sealAll(context, { writer, snapshot, run, report, account }))
    await claimBounds(writer, run, account) // last, so that runs of one period do not wait for each other
    if (!(await moveRun(writer, run, ['computing'], 'rendering')))
      throw new Refused('conflict', 'run', 'cancelled while computing')
    return true
  })
}

interface Sealing {
  readonly writer: Writer
  readonly snapshot: Snapshot
  readonly run: Run
  readonly report: ReportDefinition
  readonly account: Account
}

async function sealAll(context: RunContext, { writer, snapshot, run, report, account }: Sealing): Promise<void> {
  const { account_id: accountId, mail, revision, provisional, as_of: asOf } = run
  const partners = run.partners ?? undefined
  const period = periodOf(run)
  const standings = await findStandings(writer, run)
  const ties = await openTies(context.db, snapshot, { report, account, period, partners })
  const known = new Map([...ties.owed, ...standings])
  const sealer = createSealer(context, run, {
    head: { report: run.report, revision, provisional, account, period, asOf },
    labels: report.labels,
    standings,
    ties,
    recipients: await findRecipients(writer, snapshot, { accountId, report, partners, mail, standings: known }),
  })
  const insert = oneBehind((batch: LedgerRows) => insertSealed(writer, batch))
  const yieldIfDue = createYielding()
  let batch: Outcome<unknown, unknown>[] = []
  for await (const outcome of report.statements(
    reportContext({ db: snapshot, account, period, asOf, partners }, known),
  )) {
    await yieldIfDue()
    batch.push(outcome)
    if (batch.length < BATCH) continue
    await insert.next(await sealer.seal(batch))
    batch = []
  }
  await insert.next(await sealer.seal(batch))
  await insert.last()
}

/** Work that goes on while the next of it is made ready; never two at a time. A failure is told at the next turn. */
function oneBehind<T>(work: (item: T) => Promise<void>) {
  let under = Promise.resolve()
  return {
    next: async (item: T) => {
      await under
      under = work(item)
      under.catch(() => {})
    },
    last: () => under,
  }
}

/** In ids and periods: amounts and addresses are no matter of logs. */
async function tellUntied({ db, log }: RunContext, run: Run): Promise<void> {
  const untied = await listUntied(db, { ids: [run.id], accounts: [run.account_id] })
  for (const { period, count } of untied.get(run.id) ?? []) {
    const found = { run: run.id, report: run.report, period: run.period, other: period, count }
    log.warn({ ...found, restate: restateCommand(run, period) }, 'statements do not tie with a neighbouring period')
  }
}

/** One worker computes a run at a time; the lock goes with the transaction, however that ends. */
async function lockRun(writer: Writer, run: Run): Promise<boolean> {
  const { rows } = await sql<{
    locked: boolean
  }>`select pg_try_advisory_xact_lock(hashtextextended(${run.id}, 0)) as locked`.execute(writer)
  return rows[0]?.locked === true
}

function reportOf(context: RunContext, run: Run): ReportDefinition {
  const report = context.reports.get(run.report)
  if (!report)
    throw new Refused(
      'unknown',
      'report',
      `report ${run.report} is not one of ${[...context.reports.keys()].join(', ')}`,
    )
  return report
}

async function accountOf(context: RunContext, run: Run): Promise<Account> {
  const account = await findAccount(context.db, run.account_id)
  if (!account) throw new Refused('unknown', 'account_id', `account ${run.account_id} does not exist`)
  return account
}
