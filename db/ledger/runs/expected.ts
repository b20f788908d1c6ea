import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../../connection/client.ts'
import { insertRun, type Run, type RunRequest } from './runs.ts'

/** A period of a report that a schedule asks about. */
interface Expected {
  readonly account_id: number
  readonly report: string
  readonly period: string
}

/**
 * Opens the run a schedule expects at `dueAt`, only where nothing answers it yet (see `answersOf`): any number of
 * schedulers may ask at once. Undefined where another was faster, or another run of the period is still open.
 */
export function openExpectedRun(
  db: Database,
  request: RunRequest & { readonly dueAt: Date },
  now: Date,
): Promise<Run | undefined> {
  const condition = sql<boolean>`not exists (select from runs r where account_id = ${request.accountId}
    and report = ${request.report} and period = ${request.period.key} and ${isFull}
    and (status <> 'cancelled' or trigger = 'schedule' or finished_at >= ${request.dueAt}::timestamptz))`
  return insertRun(db, request, now, condition)
}

/**
 * The runs that answer for each expected period, by `keyOf`, oldest revision first. A run for some partners only, without
 * mail, or as of an instant before the period's end does not count, or a trial would cost everyone their statement.
 */
export async function answersOf(db: Database, expected: readonly Expected[]): Promise<Map<string, Run[]>> {
  if (expected.length === 0) return new Map()
  const keys = [...new Map(expected.map((one) => [keyOf(one), one])).values()]
  const { rows } = await sql<Run>`
    select r.* from jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) as e(account_id int, report text, period text)
    join runs r on r.account_id = e.account_id and r.report = e.report and r.period = e.period
    where ${isFull} order by r.revision`.execute(db)
  const answers = new Map<string, Run[]>()
  for (const run of rows) answers.set(keyOf(run), [...(answers.get(keyOf(run)) ?? []), run])
  return answers
}

/** A scheduled run that was cancelled, or another after the slot, was stopped by somebody: opening one more would undo that. */
export const isAnswer = (run: Run, dueAt: Date): boolean =>
  run.status !== 'cancelled' || run.trigger === 'schedule' || (run.finished_at !== null && run.finished_at >= dueAt)

export const keyOf = ({ account_id, report, period }: Expected): string => `${account_id} ${report} ${period}`

/** Runs that wait for their facts, oldest first. */
export function listWaitingRuns(db: Database): Promise<Run[]> {
  return db.selectFrom('runs').selectAll().where('status', '=', 'waiting').orderBy('created_at').execute()
}

/** Provisional runs that have ended and were not restated yet, oldest first. */
export async function listProvisionalRuns(db: Database): Promise<Run[]> {
  const { rows } = await sql<Run>`
    select r.* from runs r where provisional and ${isFull} and status in ('succeeded', 'partial', 'failed')
      and not ${restatedAfter(sql`r.account_id`, sql`r.report`, sql`r.period`, sql`r.revision`)}
    order by r.created_at`.execute(db)
  return rows
}

/** Opens the one restatement that follows a provisional run by itself; undefined where another was faster. */
export function openRestatement(
  db: Database,
  run: Run,
  { completeSince, now }: { completeSince: Date | undefined; now: Date },
): Promise<Run | undefined> {
  const { account_id: accountId, report, period, revision } = run
  // A whole run of anybody's since the facts were complete says what the restatement would say.
  const condition = sql<boolean>`not ${restatedAfter(sql`${accountId}`, sql`${report}`, sql`${period}`, sql`${revision}`)}
    and not exists (select from runs r where account_id = ${accountId} and report = ${report} and period = ${period}
      and revision > ${revision} and ${isFull} and created_at >= ${completeSince ?? null}::timestamptz)`
  return insertRun(
    db,
    {
      accountId,
      report,
      period: { key: period, timeZone: run.time_zone, from: run.period_from, to: run.period_to },
      asOf: run.as_of,
      mail: run.mail,
      trigger: 'restatement',
      requestedBy: `run ${run.id}`,
    },
    now,
    condition,
  )
}

const isFull = sql<boolean>`(r.partners is null and r.mail and r.as_of >= r.period_to)`

const restatedAfter = (
  accountId: RawBuilder<unknown>,
  report: RawBuilder<unknown>,
  period: RawBuilder<unknown>,
  revision: RawBuilder<unknown>,
) => sql<boolean>`exists (select from runs l where l.account_id = ${accountId} and l.report = ${report}
  and l.period = ${period} and l.revision > ${revision} and l.trigger = 'restatement')`
