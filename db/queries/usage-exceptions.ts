import { sql } from 'kysely'
import type { Account } from '../access/accounts.ts'
import type { Snapshot } from '../connection/client.ts'
import type { Decimal } from '../values/quantity.ts'
import { inPeriod, ofAccount, type PartnerIds, type Span, type Sql } from './definitions.ts'
import { isLate, type ReconciliationOptions } from './usage-reconciliation.ts'

/** An event that came in after the period's end and the grace. */
export interface LateUsage {
  readonly partnerId: string
  readonly eventId: string
  readonly organizationId: string
  readonly quantity: Decimal
  readonly occurredAt: Date
  readonly receivedAt: Date
}

/** A later, different payload of an event of the period; the event counts as it was told first. */
export interface UsageConflict {
  readonly partnerId: string
  readonly eventId: string
  readonly organizationId: string
  readonly quantity: Decimal
  readonly otherQuantity: Decimal
  readonly otherOccurredAt: Date
  readonly receivedAt: Date
}

interface ListOptions extends ReconciliationOptions {
  /** How many at most, of each partner if `each`, else of all together. */
  readonly limit: number
  readonly each?: boolean
}

/** Late events of the period, oldest first. */
export async function listLateUsage(
  db: Snapshot,
  account: Account,
  period: Span,
  options: ListOptions,
): Promise<LateUsage[]> {
  const result = await sql<LateUsage>`
    with late as (select e.*, ${place(options, eventOrder)} as place from usage_events e
      where ${eventsOf(account, period, options.partners)} and ${isLate(period, options)})
    select partner_id as "partnerId", event_id as "eventId", organization_id as "organizationId",
      trim_scale(quantity)::text as quantity, occurred_at as "occurredAt", received_at as "receivedAt"
    from late where place <= ${options.limit} order by place`.execute(db)
  return result.rows
}

/** Conflicts with events of the period, by the time the event occurred. */
export async function listUsageConflicts(
  db: Snapshot,
  account: Account,
  period: Span,
  options: ListOptions,
): Promise<UsageConflict[]> {
  const order = sql`${eventOrder}, k.received_at, k.payload_hash collate "C"`
  const result = await sql<UsageConflict>`
    select * from (
      select e.partner_id as "partnerId", e.event_id as "eventId", e.organization_id as "organizationId",
        trim_scale(e.quantity)::text as quantity, trim_scale(k.quantity)::text as "otherQuantity",
        k.occurred_at as "otherOccurredAt", k.received_at as "receivedAt",
        ${place(options, order)} as place
      from usage_event_conflicts k join usage_events e using (account_id, organization_id, event_id)
      where ${eventsOf(account, period, options.partners)}) as conflict
    where place <= ${options.limit} order by place`.execute(db)
  return result.rows
}

const eventsOf = (account: Account, period: Span, partners: PartnerIds): Sql =>
  sql`${ofAccount(account.accountId, partners, 'e')} and ${inPeriod(sql`e.occurred_at`, period)}`

/** Ids are an organisation's. */
const eventOrder = sql`e.occurred_at, e.event_id collate "C", e.organization_id collate "C"`

const place = ({ each }: ListOptions, order: Sql): Sql =>
  sql`row_number() over (${each ? sql`partition by e.partner_id` : sql``} order by ${order})`
