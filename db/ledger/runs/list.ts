import { sql } from 'kysely'
import type { Database } from '../../connection/client.ts'
import type { RunStatus } from '../../values/statuses.ts'
import type { Run } from './runs.ts'

interface RunFilter {
  readonly report?: string | undefined
  readonly period?: string | undefined
  readonly status?: RunStatus | undefined
  readonly accountId?: number | undefined
  readonly limit: number
  /** The last run of the page before. */
  readonly after?: { readonly createdAt: Date; readonly id: string } | undefined
}

/** Newest first; the pages are stable while runs are added. */
export function listRuns(db: Database, { report, period, status, accountId, limit, after }: RunFilter): Promise<Run[]> {
  return db
    .selectFrom('runs')
    .selectAll()
    .$if(report !== undefined, (query) => query.where('report', '=', report as string))
    .$if(period !== undefined, (query) => query.where('period', '=', period as string))
    .$if(status !== undefined, (query) => query.where('status', '=', status as RunStatus))
    .$if(accountId !== undefined, (query) => query.where('account_id', '=', accountId as number))
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(created_at, id) < (${after?.createdAt}::timestamptz, ${after?.id}::uuid)`),
    )
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}
