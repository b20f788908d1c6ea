import { sql } from 'kysely'
import type { Account } from '../access/accounts.ts'
import type { Snapshot } from '../connection/client.ts'
import { inPeriod, ofAccount, type PartnerIds, type Span, type Sql } from './definitions.ts'
import { isFiltered, type PartnerFilter, partnerCondition } from './partner-filter.ts'

/** Leads by their present status: total = received + sent = converted + rejected + pending. */
export interface LeadCounts {
  readonly total: number
  readonly received: number
  readonly sent: number
  readonly converted: number
  readonly rejected: number
  readonly pending: number
}

interface TimelineOptions extends PartnerFilter {
  /** Neighbouring stretches in order; a lead is counted in the one it was created in, if it is in the period too. */
  readonly months: readonly Span[]
  readonly leadDirection?: 'received' | 'sent'
}

export const noLeads: LeadCounts = { total: 0, received: 0, sent: 0, converted: 0, rejected: 0, pending: 0 }

/** One entry for each of `months`, empty ones too (docs/definitions.md, Figures). */
export async function leadsTimeline(
  db: Snapshot,
  account: Account,
  period: Span,
  options: TimelineOptions,
): Promise<LeadCounts[]> {
  const chosen = await partnerCondition(db, account, options)
  const among = isFiltered(options)
    ? sql`and l.partner_id in (select p.partner_id from partners p where ${chosen})`
    : sql``
  const direction = options.leadDirection === undefined ? sql`` : sql`and l.direction = ${options.leadDirection}`
  const result = await sql<Row>`select ${monthOf(options.months)} as month, ${counts}
    from leads l where ${ofAccount(account.accountId, undefined, 'l')} and ${inPeriod(sql`l.created_at`, period)}
    ${among} ${direction} group by 1`.execute(db)
  return monthsFilled(options.months, result.rows)
}

interface PartnerTimeline {
  readonly partnerId: string
  readonly uuid: string
  readonly name: string
  readonly counts: readonly LeadCounts[]
}

/** The same for each of these partners apart, by partner id; a partner without leads has empty months. */
export async function leadsTimelineByPartner(
  db: Snapshot,
  account: Account,
  period: Span,
  { months, partners }: { readonly months: readonly Span[]; readonly partners: PartnerIds },
): Promise<PartnerTimeline[]> {
  const result = await sql<Nullable<Row> & { partner_id: string; uuid: string; name: string }>`
    with m as (select l.partner_id, ${monthOf(months)} as month, ${counts} from leads l
      where ${ofAccount(account.accountId, partners, 'l')} and ${inPeriod(sql`l.created_at`, period)} group by 1, 2)
    select p.partner_id, p.uuid, p.name, m.month, m.total, m.received, m.sent, m.converted, m.rejected, m.pending
    from partners p left join m using (partner_id)
    where ${ofAccount(account.accountId, partners, 'p')} order by p.partner_id collate "C"`.execute(db)
  const timelines = new Map<string, PartnerTimeline & { rows: Row[] }>()
  for (const { partner_id: partnerId, uuid, name, ...row } of result.rows) {
    const timeline = timelines.get(partnerId) ?? { partnerId, uuid, name, counts: [], rows: [] }
    if (row.month !== null) timeline.rows.push(row as Row)
    timelines.set(partnerId, timeline)
  }
  return [...timelines.values()].map(({ rows, ...timeline }) => ({ ...timeline, counts: monthsFilled(months, rows) }))
}

/** Which of the months, from 1; bounds are UTC instants computed once, never a local date per row. */
const monthOf = (months: readonly Span[]): Sql =>
  sql`width_bucket(l.created_at, ${months.map((month) => month.from.toISOString())}::timestamptz[])`

const counts = sql`count(*)::int as total,
  count(*) filter (where l.direction = 'received')::int as received, count(*) filter (where l.direction = 'sent')::int as sent,
  count(*) filter (where l.status = 'converted')::int as converted,
  count(*) filter (where l.status = 'rejected')::int as rejected, count(*) filter (where l.status = 'pending')::int as pending`

type Row = LeadCounts & { readonly month: number }
type Nullable<T> = { readonly [Key in keyof T]: T[Key] | null }

function monthsFilled(months: readonly Span[], rows: readonly Row[]): LeadCounts[] {
  const byMonth = new Map(
    rows.map(({ total, received, sent, converted, rejected, pending, month }) => [
      month,
      { total, received, sent, converted, rejected, pending },
    ]),
  )
  return months.map((_, index) => byMonth.get(index + 1) ?? noLeads)
}
