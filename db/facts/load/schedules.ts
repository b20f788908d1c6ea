import type { PoolClient } from 'pg'

/** A report that every account has a schedule for, and when it runs unless the account says otherwise. */
export interface DefaultSchedule {
  readonly report: string
  readonly cron: string
}

/** Makes the schedules that the staged accounts lack; what an account has is left as it is. */
export async function insertMissingSchedules(
  connection: PoolClient,
  schedules: readonly DefaultSchedule[],
  now: Date,
): Promise<void> {
  await connection.query(
    `insert into schedules (account_id, report, cron, created_at, updated_at)
     select staged.account_id, wanted.report, wanted.cron, $3, $3
     from staged, unnest($1::text[], $2::text[]) as wanted(report, cron)
     on conflict (account_id, report) do nothing`,
    [schedules.map(({ report }) => report), schedules.map(({ cron }) => cron), now],
  )
}
