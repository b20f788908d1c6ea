import { sql } from 'kysely'
import type { Database } from '../connection/client.ts'

/**
 * Stored bytes, by SHA-256, that nothing younger than `before` needs any more: files of statements and mails as they were
 * sent. Bytes that several share stay while any of them is needed.
 */
export async function listExpiredBytes(db: Database, before: Date, limit: number): Promise<string[]> {
  const { rows } = await sql<{ sha256: string }>`
    select distinct x.sha256 from (
      select f.sha256 from files f where f.removed_at is null and not ${fileIsNeeded(before)}
      union all
      select d.mail_sha256 from deliveries d where d.mail_sha256 is not null and d.mail_removed_at is null
        and not ${mailIsNeeded(before)}) x
    where not ${areNeeded(sql`x.sha256`, before)}
    limit ${limit}`.execute(db)
  return rows.map((row) => row.sha256)
}

/** Whether something not yet expired points at these bytes. */
export async function isStillNeeded(db: Database, sha256: string, before: Date): Promise<boolean> {
  const { rows } = await sql<{ needed: boolean }>`select ${areNeeded(sql`${sha256}`, before)} as needed`.execute(db)
  return rows[0]?.needed === true
}

/** The rows stay and say since when their bytes are gone. */
export async function noteRemoved(db: Database, sha256: string, now: Date): Promise<void> {
  await sql`
    with files as (update files set removed_at = ${now}::timestamptz where sha256 = ${sha256} and removed_at is null)
    update deliveries set mail_removed_at = ${now}::timestamptz
    where mail_sha256 = ${sha256} and mail_removed_at is null`.execute(db)
}

/** Answers kept for repeated requests, after their time; the caller says which that is. */
export async function deleteIdempotencyKeys(db: Database, before: Date): Promise<void> {
  await db.deleteFrom('idempotency_keys').where('created_at', '<', before).execute()
}

/** Rows of processes that ended without a word more than a day ago; a claim of theirs counts as dead with or without them. */
export async function deleteDeadWorkers(db: Database): Promise<void> {
  await sql`delete from workers where seen_at < clock_timestamp() - interval '1 day'`.execute(db)
}

const areNeeded = (sha256: ReturnType<typeof sql>, before: Date) => sql<boolean>`(
  exists (select from files f where f.sha256 = ${sha256} and f.removed_at is null and ${fileIsNeeded(before)})
  or exists (select from deliveries d where d.mail_sha256 = ${sha256} and d.mail_removed_at is null
    and ${mailIsNeeded(before)}))`

const OPEN = sql`(status in ('pending', 'sending') or (status = 'unknown' and next_attempt_at is not null))`

/** A statement's files: while it is young or open, while a mail of it is, and while a young run shows it as unchanged. */
const fileIsNeeded = (before: Date) => sql<boolean>`(
  exists (select from statements s where s.account_id = f.account_id and s.id = f.statement_id
    and (s.created_at >= ${before}::timestamptz or s.status = 'sealed'))
  or exists (select from deliveries o where o.account_id = f.account_id and o.statement_id = f.statement_id and ${OPEN})
  or exists (select from statements u where u.account_id = f.account_id and u.replaces = f.statement_id
    and u.status = 'unchanged' and u.created_at >= ${before}::timestamptz))`

/** A mail: while it is young or open, and while a resend of it is. */
const mailIsNeeded = (before: Date) => sql<boolean>`(
  coalesce(d.sent_at, d.created_at) >= ${before}::timestamptz
  or (d.status in ('pending', 'sending') or (d.status = 'unknown' and d.next_attempt_at is not null))
  or exists (select from deliveries o where o.account_id = d.account_id and o.resend_of = d.id and ${OPEN}))`
