import { type Selectable, sql } from 'kysely'
import type { Database, Writer } from '../connection/client.ts'
import type { Schema } from '../schema.ts'

/** Something that an administrator changed (docs/operating.md, Watching it). `before` and `after` are JSON; null where there was nothing. */
export interface AuditEntry {
  readonly at: Date
  /** The label of the key that did it. */
  readonly actor: string
  /** `run.request`, `schedule.update`… */
  readonly action: string
  /** Id or name of what was changed. */
  readonly target: string
  readonly accountId?: number | undefined
  readonly before?: unknown
  readonly after?: unknown
}

/** In the transaction of the change: neither stands without the other. */
export async function insertAudit(writer: Writer, entry: AuditEntry): Promise<void> {
  const { at, actor, action, target, accountId = null, before = null, after = null } = entry
  await writer
    .insertInto('audit_log')
    .values({ at, actor, action, target, account_id: accountId, before: jsonOf(before), after: jsonOf(after) })
    .execute()
}

/** PostgreSQL has no place for NUL in JSON. */
const jsonOf = (value: unknown): string | null =>
  value === null ? null : JSON.stringify(value).replaceAll(String.raw`\u0000`, String.raw`\ufffd`)

interface AuditFilter {
  readonly action?: string | undefined
  readonly target?: string | undefined
  readonly limit: number
  /** The id of the last entry of the page before. */
  readonly before?: string | undefined
}

/** Newest first; the pages are stable while entries are added. */
export function listAudit(
  db: Database,
  { action, target, limit, before }: AuditFilter,
): Promise<Selectable<Schema['audit_log']>[]> {
  return db
    .selectFrom('audit_log')
    .selectAll()
    .$if(action !== undefined, (query) => query.where('action', '=', action as string))
    .$if(target !== undefined, (query) => query.where('target', '=', target as string))
    .$if(before !== undefined, (query) => query.where(sql<boolean>`id < ${before}::bigint`))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}
