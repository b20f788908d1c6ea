import { sql } from 'kysely'
import type { Account } from '../access/accounts.ts'
import type { Snapshot } from '../connection/client.ts'
import { expectMonths } from '../connection/detached.ts'
import type { Decimal } from '../values/quantity.ts'
import { inPeriod, ofAccount, type PartnerIds, type Span, type Sql } from './definitions.ts'
import { inAccountCurrency } from './money.ts'

export interface ReconciliationOptions {
  readonly partners?: PartnerIds
  /** Differences up to this much are none. */
  readonly tolerance?: Decimal
  /** How long after the period's end an event may still come in without being late. */
  readonly graceHours?: number
}

/** With its first and last local date: those of its key, for which no zone has to be asked. */
interface DatedSpan extends Span {
  readonly days: { readonly first: string; readonly last: string }
}

type UsageVerdict =
  | 'usage_missing'
  | 'invoice_missing'
  | 'over_invoiced'
  | 'under_invoiced'
  | 'credits_differ'
  | 'matched'

/** What an organisation used, spent and was invoiced in a period; `amount` in minor units of the account's currency. */
export interface ReconciledOrganization {
  readonly organizationId: string
  readonly partnerId: string
  readonly name: string
  readonly events: number
  readonly quantity: Decimal
  readonly creditsUsed: Decimal
  readonly invoicedQuantity: Decimal
  readonly amount: bigint
  /** Invoiced − metered. */
  readonly differenceQuantity: Decimal
  /** Credits used − metered; a verdict only where the partner had credit entries by the period's end. */
  readonly differenceCredits: Decimal
  readonly verdict: UsageVerdict
  readonly lateEvents: number
  readonly conflicts: number
}

/**
 * Metered against invoiced, per organisation (docs/definitions.md, Usage): exceptions first, then by name. An organisation is there
 * if anything of it is in the period, or if it is active and was there by its end. MissingRates names currencies and days,
 * DetachedMonth what is missing.
 */
export async function reconcileUsage(
  db: Snapshot,
  account: Account,
  period: DatedSpan,
  options: ReconciliationOptions = {},
): Promise<ReconciledOrganization[]> {
  const { partners, tolerance = '0' } = options
  await expectMonths(db, 'usage_events', period)
  const of = (alias: string) => ofAccount(account.accountId, partners, alias)
  const result = await sql<Row>`
    with e as (select e.organization_id, count(*)::int as events, sum(e.quantity) as quantity,
        count(*) filter (where ${isLate(period, options)})::int as late
      from usage_events e where ${of('e')} and ${inPeriod(sql`e.occurred_at`, period)} group by 1),
    i as (${await invoices(db, account, period, of('i'))}),
    c as (select c.organization_id, -sum(c.amount) as used from credit_entries c
      where ${of('c')} and c.amount < 0 and ${inPeriod(sql`c.occurred_at`, period)} group by 1),
    k as (select e.organization_id, count(*)::int as conflicts
      from usage_event_conflicts k join usage_events e using (account_id, organization_id, event_id)
      where ${of('e')} and ${inPeriod(sql`e.occurred_at`, period)} group by 1),
    p as (select distinct c.partner_id from credit_entries c where ${of('c')} and c.occurred_at < ${period.to}),
    o as (select o.organization_id, o.partner_id, o.name, coalesce(e.events, 0) as events, coalesce(e.quantity, 0) as quantity,
        coalesce(c.used, 0) as used, i.organization_id is not null as is_invoiced, coalesce(i.quantity, 0) as invoiced,
        coalesce(i.amount, 0) as amount, p.partner_id is not null as has_credits,
        coalesce(e.late, 0) as late, coalesce(k.conflicts, 0) as conflicts
      from organizations o left join e using (organization_id) left join i using (organization_id)
        left join c using (organization_id) left join k using (organization_id) left join p using (partner_id)
      where ${of('o')} and (e.events > 0 or i.organization_id is not null or c.used > 0
        or o.status = 'active' and o.created_at < ${period.to})),
    v as (select *, ${verdict(tolerance)} as verdict from o)
    select organization_id, partner_id, name, events, trim_scale(quantity)::text as quantity, trim_scale(used)::text as used,
      trim_scale(invoiced)::text as invoiced, amount::text, trim_scale(invoiced - quantity)::text as difference_quantity,
      trim_scale(used - quantity)::text as difference_credits, verdict, late, conflicts
    from v order by verdict = 'matched', name collate "C", organization_id collate "C"`.execute(db)
  return result.rows.map(rowOf)
}

/** Received after the period's end and the grace; counted like any other, but told apart. */
export function isLate(period: Span, { graceHours = 24 }: ReconciliationOptions, alias = 'e'): Sql {
  return sql`${sql.ref(`${alias}.received_at`)} > ${new Date(period.to.getTime() + graceHours * 3_600_000)}`
}

/** An invoice belongs to the period that holds its last day. */
async function invoices(db: Snapshot, account: Account, { days }: DatedSpan, of: Sql): Promise<Sql> {
  const where = sql`${of} and i.period_end between ${days.first}::date and ${days.last}::date`
  const { amount, join } = await inAccountCurrency(db, account, 'usage_invoices', 'i', { where })
  return sql`select i.organization_id, sum(i.quantity) as quantity, sum(${amount}) as amount
    from usage_invoices i ${join} where ${where} group by 1`
}

/** docs/definitions.md, Usage, in its order of precedence. Something must differ: an invoice over nothing for no usage is no exception. */
function verdict(tolerance: Decimal): Sql {
  const beyond = (difference: Sql) => sql`abs(${difference}) > ${tolerance}::numeric`
  return sql`case
    when is_invoiced and events = 0 and ${beyond(sql`invoiced`)} then 'usage_missing'
    when not is_invoiced and events > 0 and ${beyond(sql`quantity`)} then 'invoice_missing'
    when invoiced > quantity and ${beyond(sql`invoiced - quantity`)} then 'over_invoiced'
    when invoiced < quantity and ${beyond(sql`invoiced - quantity`)} then 'under_invoiced'
    when has_credits and ${beyond(sql`used - quantity`)} then 'credits_differ'
    else 'matched' end`
}

interface Row {
  organization_id: string
  partner_id: string
  name: string
  events: number
  quantity: string
  used: string
  invoiced: string
  amount: string
  difference_quantity: string
  difference_credits: string
  verdict: UsageVerdict
  late: number
  conflicts: number
}

const rowOf = (row: Row): ReconciledOrganization => ({
  organizationId: row.organization_id,
  partnerId: row.partner_id,
  name: row.name,
  events: row.events,
  quantity: row.quantity,
  creditsUsed: row.used,
  invoicedQuantity: row.invoiced,
  amount: BigInt(row.amount),
  differenceQuantity: row.difference_quantity,
  differenceCredits: row.difference_credits,
  verdict: row.verdict,
  lateEvents: row.late,
  conflicts: row.conflicts,
})
