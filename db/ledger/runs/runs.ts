import { type Selectable, sql } from 'kysely'
import type { Database } from '../../connection/client.ts'
import type { Schema } from '../../schema.ts'
import type { RunStatus } from '../../values/statuses.ts'
import { zoneDataVersion } from '../../values/zone.ts'

export type Run = Selectable<Schema['runs']>
export type Trigger = 'schedule' | 'http' | 'cli' | 'restatement'

export const OPEN: readonly RunStatus[] = ['queued', 'waiting', 'computing', 'rendering', 'delivering']
export const isOpen = (run: { status: string }): boolean => OPEN.includes(run.status as RunStatus)

/** What is asked for. The period travels resolved, so that no later step has to know the calendar or the time. */
export interface RunRequest {
  readonly accountId: number
  readonly report: string
  readonly period: { readonly key: string; readonly timeZone: string; readonly from: Date; readonly to: Date }
  readonly asOf: Date
  readonly partners?: readonly string[] | undefined
  readonly mail: boolean
  readonly trigger: Trigger
  readonly requestedBy?: string | undefined
  readonly dueAt?: Date | undefined
  /** Set where the run has to wait for its facts, at most until then (docs/operating.md, Schedules). */
  readonly waitUntil?: Date | undefined
}

/**
 * Opens the next revision of a report and period, or finds the one that is still open (docs/definitions.md, Guarantees).
 * `opened` is false for a run that somebody else opened; the caller decides whether it is the one it meant.
 */
export async function openRun(db: Database, request: RunRequest, now: Date): Promise<{ run: Run; opened: boolean }> {
  for (let tries = 0; tries < 20; tries++) {
    const open = await findOpenRun(db, request.accountId, request.report, request.period.key)
    if (open) return { run: open, opened: false }
    const run = await insertRun(db, request, now, sql<boolean>`true`)
    if (run) return { run, opened: true }
  }
  throw new Error(
    `no run could be opened for ${request.report} ${request.period.key}: others open and close it all the time`,
  )
}

/**
 * Inserts the next revision where `condition` holds; undefined where it does not, or somebody else was faster: the
 * unique keys decide. Everything in one statement, so that any number may ask at once.
 */
export async function insertRun(
  db: Database,
  request: RunRequest,
  now: Date,
  condition: ReturnType<typeof sql<boolean>>,
) {
  const { period } = request
  const status: RunStatus = request.waitUntil ? 'waiting' : 'queued'
  const { rows } = await sql<Run>`
    insert into runs (account_id, report, period, revision, time_zone, period_from, period_to, as_of, partners, mail,
      trigger, requested_by, due_at, wait_until, status, created_at, tz_version)
    select ${request.accountId}, ${request.report}, ${period.key}, coalesce(max(revision), 0) + 1, ${period.timeZone},
      ${period.from}::timestamptz, ${period.to}::timestamptz, ${request.asOf}::timestamptz,
      ${request.partners ?? null}::text[], ${request.mail}::boolean, ${request.trigger}, ${request.requestedBy ?? null},
      ${request.dueAt ?? null}::timestamptz, ${request.waitUntil ?? null}::timestamptz, ${status}, ${now}::timestamptz,
      ${zoneDataVersion()}
    from runs
    where account_id = ${request.accountId} and report = ${request.report} and period = ${period.key}
    having ${condition}
    on conflict do nothing
    returning *`.execute(db)
  return rows[0]
}

export function findOpenRun(db: Database, accountId: number, report: string, period: string): Promise<Run | undefined> {
  return db
    .selectFrom('runs')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('report', '=', report)
    .where('period', '=', period)
    .where('status', 'in', OPEN)
    .executeTakeFirst()
}

export function findRun(db: Database, id: string): Promise<Run | undefined> {
  return db.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirst()
}

/** The run moves on, but only from where the caller saw it; false where it has meanwhile been cancelled or closed. */
export async function moveRun(
  db: Database,
  run: { account_id: number; id: string },
  from: readonly RunStatus[],
  to: RunStatus,
  more: { started_at?: Date; error?: string | null; finished_at?: Date; provisional?: boolean; cut_off?: number } = {},
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('runs')
    .set({ status: to, ...more })
    .where('account_id', '=', run.account_id)
    .where('id', '=', run.id)
    .where('status', 'in', from)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** What the run has to say about its bounds. */
export async function noteCalendar(db: Database, run: { account_id: number; id: string }, note: string): Promise<void> {
  await db
    .updateTable('runs')
    .set({ calendar_note: note })
    .where('account_id', '=', run.account_id)
    .where('id', '=', run.id)
    .execute()
}

/** The run's computation was cut off once more; gives back how often in a row. */
export async function noteCutOff(db: Database, run: { account_id: number; id: string }): Promise<number> {
  const noted = await db
    .updateTable('runs')
    .set({ cut_off: sql`cut_off + 1` })
    .where('account_id', '=', run.account_id)
    .where('id', '=', run.id)
    .where('status', '=', 'computing')
    .returning('cut_off')
    .executeTakeFirst()
  return noted?.cut_off ?? 0
}

/** How long a stage took, in milliseconds, beside the other stages' times. */
export async function noteTiming(db: Database, run: { account_id: number; id: string }, stage: string, ms: number) {
  await db
    .updateTable('runs')
    .set({ timings: sql`timings || ${JSON.stringify({ [stage]: Math.round(ms) })}::jsonb` })
    .where('account_id', '=', run.account_id)
    .where('id', '=', run.id)
    .execute()
}

/**
 * Closes the run when nothing of it is open; the outcome follows from what is on the ledger:
 * `failed` when nothing came through, `partial` when some statement or delivery did not, or when all who should have had a
 * mail are suppressed, else `succeeded`. A run that nobody could be mailed says why in `error`.
 */
export async function closeRun(
  db: Database,
  run: { account_id: number; id: string },
  now: Date,
): Promise<RunStatus | undefined> {
  const { rows } = await sql<{ status: RunStatus }>`
    update runs r set finished_at = ${now}::timestamptz, (status, error) = (${end})
    where r.account_id = ${run.account_id} and r.id = ${run.id} and r.status in ('rendering', 'delivering')
      and not exists (select from statements where account_id = r.account_id and run_id = r.id and status = 'sealed')
      and not exists (select from deliveries where account_id = r.account_id and run_id = r.id and resend_of is null
        and (status in ('pending', 'sending') or (status = 'unknown' and next_attempt_at is not null)))
    returning r.status`.execute(db)
  return rows[0]?.status
}

/**
 * A run that had ended badly follows what has been made good since: a mail that was sent again, or by a later run of the same
 * report and period. Gives back those of them that a delivery was made good in.
 */
export async function reviseRuns(
  db: Database,
  like: { account_id: number; id: string },
): Promise<{ id: string; status: RunStatus }[]> {
  const { rows } = await sql<{ id: string; status: RunStatus }>`
    update runs r set (status, error) = (${end})
    from runs o
    where o.account_id = ${like.account_id} and o.id = ${like.id}
      and r.account_id = o.account_id and r.report = o.report and r.period = o.period and r.status in ('partial', 'failed')
      and exists (select from deliveries where account_id = r.account_id and run_id = r.id and replaced_by is not null)
    returning r.id, r.status`.execute(db)
  return rows
}

/** What the rows of a run `r` make of it, once all of them are at their end. */
const end = sql`
  select case
    when s.failed + d.failed = 0 and d.suppressed > 0 and d.sent = 0 then 'partial'
    when s.failed + d.failed = 0 then 'succeeded'
    when s.good = 0 or (d.failed > 0 and d.sent + d.dropped = 0 and s.failed = 0) then 'failed'
    else 'partial' end as status,
    case when d.sent = 0 and d.suppressed > 0 then 'nobody was mailed: ' || case when d.failed = 0
      then 'the address of every mail (' || d.suppressed || ') is suppressed'
      else d.suppressed || ' suppressed, ' || d.failed || ' failed' end
    end as error
  from (select count(*) filter (where status = 'failed') as failed,
          count(*) filter (where status in ('rendered', 'unchanged')) as good
        from statements where account_id = r.account_id and run_id = r.id) s,
    (select count(*) filter (where status in ('failed', 'unknown')) as failed, count(*) filter (where status = 'sent') as sent,
       count(*) filter (where status = 'suppressed') as suppressed, count(*) filter (where status = 'cancelled' and replaced_by is null) as dropped
     from deliveries where account_id = r.account_id and run_id = r.id and resend_of is null) d`

/** Every run that is not at its end, oldest first: what the sweeper looks after. */
export function listOpenRuns(db: Database): Promise<Run[]> {
  return db.selectFrom('runs').selectAll().where('status', 'in', OPEN).orderBy('created_at').execute()
}
