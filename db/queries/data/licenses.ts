import { sql } from 'kysely'
import {
  column,
  inPeriod,
  isCommission,
  isDiscount,
  licenseStatus,
  ofAccount,
  type Span,
  type Sql,
} from '../definitions.ts'
import { inAccountCurrency } from '../money.ts'
import { EVER, type PartnerScope } from './scope.ts'

export type LicenseStatus = 'trial' | 'paid' | 'expired'
export type Program = 'affiliate' | 'solution'

/** A licence as of now; money in minor units of the account's currency, percents as decimals. */
export interface LicenseRow {
  readonly license_id: string
  readonly product: string
  readonly status: LicenseStatus
  readonly client_name: string | null
  readonly client_email: string | null
  readonly purchase_order: string | null
  readonly payment_origin: string | null
  readonly plan: string | null
  readonly billing_cycle: string | null
  readonly seats: number | null
  readonly data_center: string | null
  readonly created_at: Date
  readonly qualified_at: Date | null
  readonly cc_added_at: Date | null
  readonly converted_at: Date | null
  readonly expires_at: Date | null
  readonly commission_percent: string | null
  readonly discount_percent: string | null
  readonly blocked: boolean
  readonly utm_campaign: string | null
  readonly utm_medium: string | null
  readonly utm_content: string | null
  readonly utm_term: string | null
  readonly campaign_name: string | null
  readonly earnings: string
  readonly savings: string
}

/** Which licences of the partner; `created` in this span, all time if left out. */
interface LicenseFilter {
  readonly program: Program
  readonly created?: Span
  readonly status?: LicenseStatus
}

/** The query of a list of licences, newest first. */
export async function licensesQuery(scope: PartnerScope, filter: LicenseFilter): Promise<Sql> {
  return sql`${await licenseRows(scope)} where ${isOf(scope, filter)} order by l.created_at desc, l.license_id desc`
}

/** Where a page starts: after the licence created then (UTC, to the microsecond) with that id. */
export interface Position {
  readonly at: string
  readonly id: string
}

interface LicensePage {
  readonly rows: readonly LicenseRow[]
  /** Where the next page starts; undefined at the end. */
  readonly next: Position | undefined
}

/** A page of the list, newest first. Rows inserted meanwhile move nothing: a page starts after a row, not at a count. */
export async function findLicensePage(
  scope: PartnerScope,
  filter: LicenseFilter,
  { limit, after }: { readonly limit: number; readonly after?: Position | undefined },
): Promise<LicensePage> {
  const start = after
    ? sql`and (l.created_at, l.license_id) < ((${after.at}::timestamp at time zone 'UTC'), ${after.id})`
    : sql``
  const { rows } = await sql<LicenseRow & { position: string }>`
    ${await licenseRows(scope)} where ${isOf(scope, filter)} ${start}
    order by l.created_at desc, l.license_id desc limit ${limit + 1}`.execute(scope.db)
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { rows: shown, next: rows.length > limit && last ? { at: last.position, id: last.license_id } : undefined }
}

export async function findLicense(
  scope: PartnerScope,
  licenseId: string,
  product?: string,
): Promise<LicenseRow | undefined> {
  const ofProduct = product === undefined ? sql`` : sql`and l.product = ${product}`
  const { rows } = await sql<LicenseRow>`${await licenseRows(scope)}
    where ${isOf(scope, { program: 'solution' })} and l.license_id = ${licenseId} ${ofProduct}`.execute(scope.db)
  return rows[0]
}

export type StatusCounts = Record<LicenseStatus, number>

/** Licences created in the span by their status of now (docs/data-api.md, Choices). */
export async function countByStatus(
  scope: PartnerScope,
  program: Program,
  created: Span = EVER,
): Promise<StatusCounts> {
  const { rows } = await sql<{ status: LicenseStatus; count: number }>`
    select ${licenseStatus(scope.now)} as status, count(*)::int as count from licenses l
    where ${isOf(scope, { program, created })} group by 1`.execute(scope.db)
  return { trial: 0, paid: 0, expired: 0, ...Object.fromEntries(rows.map(({ status, count }) => [status, count])) }
}

export interface ProductStats {
  readonly program: Program
  readonly product: string
  readonly trials: number
  /** Those of the trials that have a card. */
  readonly trials_cc: number
  readonly paid: number
}

/** Licences by program, product and their status of now. */
export async function countByProduct(scope: PartnerScope): Promise<ProductStats[]> {
  const { db, account, partnerId, now } = scope
  const { rows } = await sql<ProductStats>`
    select program, product, count(*) filter (where status = 'trial')::int as trials,
      count(*) filter (where status = 'trial' and cc_added_at <= ${now})::int as trials_cc,
      count(*) filter (where status = 'paid')::int as paid
    from (select l.program, l.product, l.cc_added_at, ${licenseStatus(now)} as status from licenses l
      where ${ofAccount(account.accountId, [partnerId], 'l')}) as of_now
    group by 1, 2`.execute(db)
  return rows
}

function isOf({ account, partnerId, now }: PartnerScope, { program, created, status }: LicenseFilter): Sql {
  const conditions = [ofAccount(account.accountId, [partnerId], 'l'), sql`l.program = ${program}`]
  if (created) conditions.push(inPeriod(column('l', 'created_at'), created))
  if (status) conditions.push(sql`${licenseStatus(now)} = ${status}`)
  return sql.join(conditions, sql` and `)
}

/** `select … from licenses l`, to be followed by `where`: each licence with its campaign, its commission and its discount. */
async function licenseRows(scope: PartnerScope): Promise<Sql> {
  return sql`select l.license_id, l.product, ${licenseStatus(scope.now)} as status, l.client_name, l.client_email,
      l.purchase_order, l.payment_origin, l.plan, l.billing_cycle, l.seats, l.data_center, l.created_at, l.qualified_at,
      l.cc_added_at, l.converted_at, l.expires_at, l.commission_percent, l.discount_percent, l.blocked, l.utm_campaign,
      l.utm_medium, l.utm_content, l.utm_term, g.name as campaign_name,
      ${await sumOfLicense(scope, isCommission())} as earnings, ${await sumOfLicense(scope, isDiscount())} as savings,
      to_char(l.created_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') as position
    from licenses l
    left join campaigns g on g.account_id = l.account_id and g.campaign_id = l.campaign_id and g.partner_id = l.partner_id`
}

async function sumOfLicense({ db, account, partnerId }: PartnerScope, is: Sql): Promise<Sql> {
  const entries = sql`${ofAccount(account.accountId, [partnerId], 'c')} and ${is} and c.license_id is not null`
  const { amount, join } = await inAccountCurrency(db, account, 'commissions', 'c', { where: entries, repeated: true })
  return sql`(select coalesce(sum(${amount}), 0)::text from commissions c ${join}
    where ${entries} and c.license_id = l.license_id)`
}
