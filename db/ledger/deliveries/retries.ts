import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../../connection/client.ts'
import { overtaken } from '../runs/overtaken.ts'
import type { DeliveryKey } from './delivery.ts'

type RunKey = { readonly account_id: number; readonly id: string }

/** Of whom a statement is, as the ledger names it. */
export interface SubjectKey {
  readonly kind: string
  readonly id: string
}

/** The addresses that a subject is mailed at today, which may be none; undefined for a partner that is no more. */
export type PresentAddresses = (subject: SubjectKey) => readonly string[] | undefined

/**
 * Takes up the run's failed deliveries and the suppressed ones, each at its subject's address of today: to another one it is a
 * new delivery of the same statement, which replaces the old. An address that still is suppressed stays as it is, and so does
 * what a later revision says anew. Their 24 hours start anew. Gives back those whose statement has its files.
 */
export async function retryDeliveries(
  db: Database,
  run: RunKey,
  now: Date,
  present: PresentAddresses,
): Promise<DeliveryKey[]> {
  const stuck = await listStuck(db, run)
  const moves = stuck.map((one) => ({ ...one, targets: targetsOf(one, present) }))
  const stay = moves.filter(({ targets }) => targets === undefined).map(({ id }) => id)
  const taken = await takeUp(db, run, now, stay)
  const moved = moves.flatMap(({ id, targets = [] }) => targets.map((address) => ({ id, address })))
  return moved.length === 0 ? taken : [...taken, ...(await readdress(db, run, now, moved))]
}

interface Stuck {
  readonly id: string
  readonly kind: string
  readonly subject: string
  readonly address: string
}

async function listStuck(db: Database, run: RunKey): Promise<Stuck[]> {
  const { rows } = await sql<Stuck>`
    select d.id, d.subject_kind as kind, d.subject_id as subject, d.address ${fromStuck(run)}`.execute(db)
  return rows
}

/** Undefined: the address it has, which is also where one is told that is no more. Whoever has no address any more is not mailed. */
function targetsOf({ kind, subject, address }: Stuck, present: PresentAddresses): readonly string[] | undefined {
  const addresses = present({ kind, id: subject })
  return addresses?.some((one) => one.toLowerCase() === address.toLowerCase()) ? undefined : addresses
}

async function takeUp(db: Database, run: RunKey, now: Date, ids: readonly string[]): Promise<DeliveryKey[]> {
  const { rows } = await sql<DeliveryKey & { due: boolean }>`
    update deliveries d set status = 'pending', reply = null, first_attempt_at = null, next_attempt_at = f.due
    from (select d.id, ${dueAt(now)} as due ${fromStuck(run)}) f
    where d.account_id = ${run.account_id} and d.id = f.id and d.id = any(${ids}::uuid[])
      and not exists (select from suppressions u where u.address = lower(d.address))
    returning d.account_id, d.id, f.due is not null as due`.execute(db)
  return dueOnes(rows)
}

/** A subject that had the address before gets the delivery of then once more; what reached it there is not sent again. */
async function readdress(
  db: Database,
  run: RunKey,
  now: Date,
  moved: readonly { readonly id: string; readonly address: string }[],
): Promise<DeliveryKey[]> {
  const moves = sql`unnest(${moved.map(({ id }) => id)}::uuid[], ${moved.map(({ address }) => address)}::text[]) as m (id, address)`
  const { rows } = await sql<DeliveryKey & { due: boolean }>`
    insert into deliveries (account_id, run_id, statement_id, subject_kind, subject_id, address, status, next_attempt_at, created_at)
    select distinct on (f.subject_kind, f.subject_id, lower(m.address)) f.account_id, f.run_id, f.statement_id, f.subject_kind,
      f.subject_id, m.address, 'pending', f.due, ${now}::timestamptz
    from ${moves} join (select d.*, ${dueAt(now)} as due ${fromStuck(run)}) f on f.id = m.id
    where not exists (select from suppressions u where u.address = lower(m.address))
    on conflict (account_id, run_id, subject_kind, subject_id, lower(address)) where resend_of is null
      do update set status = 'pending', reply = null, replaced_by = null, first_attempt_at = null,
        next_attempt_at = excluded.next_attempt_at
      where deliveries.status in ('failed', 'suppressed', 'cancelled')
    returning account_id, id, next_attempt_at is not null as due`.execute(db)
  await sql`
    update deliveries d set status = 'cancelled', next_attempt_at = null, replaced_by = n.id,
      reply = 'replaced by delivery ' || n.id || ' to the address of today' || coalesce('; before: ' || d.reply, '')
    from ${moves}, deliveries o join deliveries n on n.account_id = o.account_id and n.run_id = o.run_id
      and n.subject_kind = o.subject_kind and n.subject_id = o.subject_id and n.resend_of is null
    where d.account_id = ${run.account_id} and d.run_id = ${run.id} and d.id = m.id and d.status in ('failed', 'suppressed')
      and o.account_id = d.account_id and o.id = d.id and lower(n.address) = lower(m.address)
      and n.status in ('pending', 'sending', 'sent')`.execute(db)
  return dueOnes(rows)
}

const dueOnes = (rows: readonly (DeliveryKey & { due: boolean })[]): DeliveryKey[] =>
  rows.filter((row) => row.due).map(({ account_id, id }) => ({ account_id, id }))

/** A mail waits for its statement's files. */
const dueAt = (now: Date) => sql`case when s.status = 'rendered' then ${now}::timestamptz end`

/** Deliveries `d` of the run that ended without a mail, with their statements `s`. */
const fromStuck = (run: RunKey): RawBuilder<unknown> => sql`
  from deliveries d
  join runs r on r.account_id = d.account_id and r.id = d.run_id
  join statements s on s.account_id = d.account_id and s.id = d.statement_id
  where d.account_id = ${run.account_id} and d.run_id = ${run.id} and d.resend_of is null and not ${overtaken}
    and s.status <> 'cancelled' and d.status in ('failed', 'suppressed')`
