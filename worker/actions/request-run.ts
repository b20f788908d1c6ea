import { findAccount } from '../../db/access/accounts.ts'
import { insertAudit } from '../../db/access/audit.ts'
import { findUnknownPartners } from '../../db/access/partners.ts'
import { openRun, type Run, type Trigger } from '../../db/ledger/runs/runs.ts'
import { listStandingPartners } from '../../db/ledger/statements/standings.ts'
import {
  type Period,
  PeriodError,
  type Place,
  parsePeriod,
  placeOf,
  resolvePeriod,
} from '../../jobs/calendar/period.ts'
import type { ReportDefinition } from '../../jobs/report.ts'
import type { RunContext } from '../run/context.ts'
import { queueRun } from '../run/enqueue.ts'
import { expectCurrentRules } from '../run/zone-rules.ts'
import { releaseWaitingRun } from '../schedule/waiting.ts'
import { Refused } from '../values/refused.ts'
import { hint } from '../values/suggest.ts'
import type { UnitOfWork } from './unit-of-work.ts'

/**
 * The life of a run (ARCHITECTURE 2): request → compute → seal → render → deliver → close.
 * The steps after the first are in worker/run/, one file a verb; each finds its work on the ledger and may be repeated.
 */
export interface RunInput {
  readonly report: string
  /** A key or one of the words people type; resolved here, once. */
  readonly period: string
  readonly accountId: number
  readonly partners?: readonly string[] | undefined
  readonly asOf?: Date | undefined
  readonly mail: boolean
  readonly trigger: Trigger
  readonly requestedBy?: string
}

/**
 * Opens a run, or finds the same one still open. Refused names field, value and what was expected: `invalid` for what
 * cannot be asked, `unknown` for what does not exist, `conflict` where another run of the period is open.
 */
export async function openRequestedRun(context: RunContext, input: RunInput): Promise<{ run: Run; opened: boolean }> {
  const { report, period } = await checkRequest(context, input)
  const partners = input.partners?.length ? [...new Set(input.partners)].sort() : undefined
  const wanted = { ...input, partners, report: report.name, period, asOf: input.asOf ?? period.to }
  const found = await openRun(context.db, wanted, context.clock())
  if (!found.opened && !isSame(found.run, wanted)) {
    throw new Refused(
      'conflict',
      'period',
      `run ${found.run.id} of ${report.name} ${period.key} is open with other partners, as-of or mail; expected it to end first`,
    )
  }
  if (found.opened) await queueRun(context, found.run)
  // Nobody who asks is held back by what a schedule waits for.
  return found.run.status === 'waiting' ? { run: await releaseWaitingRun(context, found.run), opened: false } : found
}

/** Everything about a request that can be wrong, before anything is written. */
export async function checkRequest(
  context: RunContext,
  input: RunInput,
): Promise<{ report: ReportDefinition; period: Period }> {
  const report = context.reports.get(input.report)
  if (!report) {
    throw new Refused(
      'invalid',
      'report',
      `${JSON.stringify(input.report)} is no report; expected one of ${[...context.reports.keys()].join(', ')}${hint(input.report, context.reports.keys())}`,
    )
  }
  const account = await findAccount(context.db, input.accountId)
  if (!account) throw new Refused('unknown', 'account_id', `account ${input.accountId} does not exist`)
  await expectCurrentRules(context.db, account)
  const period = periodOf(input, placeOf(account), context.clock())
  await checkPartners(context, report, period, input)
  return { report, period }
}

function periodOf(input: RunInput, place: Place, now: Date): Period {
  try {
    const period = parsePeriod(resolvePeriod(input.period, now, place), place)
    if (input.asOf || period.to <= now) return period
  } catch (error) {
    if (error instanceof PeriodError) throw new Refused('invalid', 'period', error.message)
    throw error
  }
  throw new Refused(
    'invalid',
    'period',
    `${JSON.stringify(input.period)} has not ended yet; expected a closed period, or an as-of instant`,
  )
}

/** One that is gone may still have a statement to be put right. */
async function checkPartners(
  context: RunContext,
  report: ReportDefinition,
  period: Period,
  input: RunInput,
): Promise<void> {
  if (!input.partners?.length) return
  if (report.audience === 'account') {
    throw new Refused('invalid', 'partners', `${report.name} is one statement for the account; expected no partners`)
  }
  const missing = await findUnknownPartners(context.db, input.accountId, input.partners)
  const of = { account_id: input.accountId, report: report.name, period: period.key, partners: missing }
  const standing = missing.length > 0 ? await listStandingPartners(context.db, of) : []
  const unknown = missing.filter((id) => !standing.includes(id))
  if (unknown.length > 0) {
    throw new Refused(
      'unknown',
      'partners',
      `partner ${unknown.map((id) => JSON.stringify(id)).join(', ')} does not exist in account ${input.accountId}`,
    )
  }
}

function isSame(run: Run, wanted: { partners?: readonly string[] | undefined; asOf: Date; mail: boolean }): boolean {
  return (
    run.mail === wanted.mail &&
    run.as_of.getTime() === wanted.asOf.getTime() &&
    JSON.stringify(run.partners ?? []) === JSON.stringify(wanted.partners ?? [])
  )
}

/** Opens a run or finds the same one still open; only the first is written down. Errors are requestRun's. */
export async function requestRun(inside: UnitOfWork, input: RunInput): Promise<{ run: Run; opened: boolean }> {
  const { run, opened } = await openRequestedRun(inside, input)
  if (opened) {
    const { id, report, period, revision, as_of, mail, partners } = run
    await insertAudit(inside.db, {
      at: inside.clock(),
      actor: input.requestedBy ?? input.trigger,
      action: 'run.request',
      target: id,
      accountId: run.account_id,
      after: { report, period, revision, as_of, mail, partners },
    })
    inside.log.info({ run: id, report, period }, 'a run was asked for')
  }
  return { run, opened }
}
