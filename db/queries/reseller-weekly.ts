import { sql } from 'kysely'
import type { Account } from '../access/accounts.ts'
import type { Snapshot } from '../connection/client.ts'
import { commissionTotals } from './commissions.ts'
import {
  before,
  column,
  inPeriod,
  isCommission,
  isDiscount,
  licenseStatus,
  ofAccount,
  type PartnerIds,
  type Span,
  type Sql,
} from './definitions.ts'
import { licenseCounts, NO_LICENSES } from './licenses.ts'
import { inAccountCurrency } from './money.ts'

const PROGRAM = 'solution'

/** What a week of a solution partner is counted over: the period, and the days after it in which licences end "soon". */
export interface WeekSpans {
  readonly period: Span
  readonly soon: Span
}

/** Of the solution program only; money in minor units of the account's currency. */
export interface Week {
  readonly created: number
  readonly converted: number
  readonly expired: number
  readonly expiringSoon: number
  readonly commission: bigint
  readonly discount: bigint
  /** Entries behind commission and discount. */
  readonly entries: number
}

/** The week of every partner, or of some; asked for one partner at a time. */
export async function resellerWeeks(
  db: Snapshot,
  account: Account,
  { period, soon }: WeekSpans,
  { partners }: { readonly partners?: PartnerIds } = {},
): Promise<(partnerId: string) => Week> {
  const filter = { partners, program: PROGRAM }
  const licenses = await licenseCounts(db, account, period, filter)
  const ending = await expiringSoon(db, account, soon, { partners })
  const money = new Map<string, { commission: bigint; discount: bigint; entries: number }>()
  for (const total of await commissionTotals(db, account, period, filter)) {
    const sum = money.get(total.partnerId) ?? NO_MONEY
    money.set(total.partnerId, {
      commission: sum.commission + total.commission,
      discount: sum.discount + total.discount,
      entries: sum.entries + total.lines + total.discounts,
    })
  }
  return (id) => {
    const { created, converted, expired } = licenses.get(id) ?? NO_LICENSES
    return { created, converted, expired, expiringSoon: ending.get(id) ?? 0, ...(money.get(id) ?? NO_MONEY) }
  }
}

const NO_MONEY = { commission: 0n, discount: 0n, entries: 0 }

/** Licences of the solution program that existed at the start of `soon` and end within it. */
async function expiringSoon(
  db: Snapshot,
  account: Account,
  soon: Span,
  { partners }: { readonly partners?: PartnerIds },
): Promise<Map<string, number>> {
  const { rows } = await sql<{ partner_id: string; count: string }>`
    select l.partner_id, count(*) from licenses l
    where ${ofAccount(account.accountId, partners, 'l')} and l.program = ${PROGRAM} and ${endsWithin(soon)}
    group by l.partner_id`.execute(db)
  return new Map(rows.map((row) => [row.partner_id, Number(row.count)]))
}

/** A licence of the week with what it earned and saved by `asOf`, minor units of the account's currency. */
export interface WeekLicense {
  readonly partner_id: string
  readonly license_id: string
  readonly payment_origin: string | null
  readonly status: string
  readonly client_name: string | null
  readonly client_email: string | null
  readonly purchase_order: string | null
  /** `2024-01-22 08:53:53`, UTC. */
  readonly created: string
  readonly product: string
  readonly has_card: boolean
  /** Percent with two decimals. */
  readonly commission_level: string
  readonly discount_level: string
  readonly earnings: string
  readonly savings: string
}

/** Licences of the solution program created, converted or expired in the period or ending in `soon`, by partner and age. */
export async function listWeekLicenses(
  db: Snapshot,
  account: Account,
  { period, soon, asOf }: WeekSpans & { readonly asOf: Date },
  { partners }: { readonly partners?: PartnerIds } = {},
): Promise<WeekLicense[]> {
  const earned = sql`${ofAccount(account.accountId, partners, 'c')} and c.license_id is not null and ${before(column('c', 'earned_at'), asOf)}`
  const { amount, join } = await inAccountCurrency(db, account, 'commissions', 'c', { where: earned, repeated: true })
  const { rows } = await sql<WeekLicense>`
    select l.partner_id, l.license_id, l.payment_origin, ${licenseStatus(asOf)} as status, l.client_name, l.client_email,
      l.purchase_order, to_char(l.created_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') as created, l.product,
      coalesce(l.cc_added_at <= ${asOf}, false) as has_card,
      round(coalesce(l.commission_percent, 0), 2)::text as commission_level,
      round(coalesce(l.discount_percent, 0), 2)::text as discount_level,
      coalesce(t.earnings, 0)::text as earnings, coalesce(t.savings, 0)::text as savings
    from licenses l
    left join lateral (
      select sum(${amount}) filter (where ${isCommission()}) as earnings, sum(${amount}) filter (where ${isDiscount()}) as savings
      from commissions c ${join}
      where c.account_id = l.account_id and c.license_id = l.license_id and c.partner_id = l.partner_id
        and ${before(column('c', 'earned_at'), asOf)}
    ) t on true
    where ${ofAccount(account.accountId, partners, 'l')} and l.program = ${PROGRAM}
      and (${happenedIn(period)} or ${endsWithin(soon)})
    order by l.partner_id collate "C", l.created_at, l.license_id collate "C"`.execute(db)
  return rows
}

const happenedIn = (period: Span): Sql =>
  sql.join(
    ['created_at', 'converted_at', 'expires_at'].map((name) => inPeriod(column('l', name), period)),
    sql` or `,
  )

const endsWithin = (soon: Span): Sql =>
  sql`(${inPeriod(column('l', 'expires_at'), soon)} and ${before(column('l', 'created_at'), soon.from)})`
