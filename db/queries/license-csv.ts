import type { Writable } from 'node:stream'
import { sql } from 'kysely'
import type { Account } from '../access/accounts.ts'
import type { Snapshot } from '../connection/client.ts'
import { type CopyOptions, copyCsv } from '../connection/copy.ts'
import { currencyExponent } from '../values/money.ts'
import { before, column, isCommission, isDiscount, licenseStatus, type Sql } from './definitions.ts'
import { type LicenseSelection, selected } from './license-selection.ts'
import { inAccountCurrency } from './money.ts'

/**
 * Streams the contract's CSV of 14 columns (docs/definitions.md, Statements) into `sink`: licences by creation, any number of them.
 * Created is UTC; earnings and savings are what the licence brought its partner by `asOf`, in the account's currency.
 * Gives the number of licences.
 */
export async function streamLicenseCsv(
  db: Snapshot,
  account: Account,
  selection: LicenseSelection,
  sink: Writable,
  options: CopyOptions = {},
): Promise<{ rows: number }> {
  await alone(db)
  return copyCsv(db, sql`${await licenseCsvSql(db, account, selection)}`.compile(db), sink, options)
}

/**
 * PostgreSQL would have each parallel worker sum up all commissions for itself: three times the work, and no sooner done.
 * Until the transaction ends.
 */
const alone = (db: Snapshot) => sql`select set_config('max_parallel_workers_per_gather', '0', true)`.execute(db)

/** The query behind it, for whoever runs it elsewhere (`psql \copy` in the bench). */
export async function licenseCsvSql(db: Snapshot, account: Account, selection: LicenseSelection): Promise<Sql> {
  const { asOf } = selection
  const decimals = currencyExponent(account.currency)
  const money = (minor: string) =>
    sql`round(coalesce(${sql.ref(minor)}, 0) / ${sql.lit(10 ** decimals)}, ${sql.lit(decimals)})`
  return sql`
    select ${guarded('l.license_id')} as "License ID", l.payment_origin as "Managed by", ${licenseStatus(asOf)} as "Status",
      ${guarded('l.client_name')} as "Client name", ${guarded('l.client_email')} as "Client email",
      ${guarded('l.purchase_order')} as "Client identifier",
      to_char(l.created_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') as "Created", ${guarded('l.product')} as "Product",
      case when l.cc_added_at <= ${asOf} then 'yes' else 'no' end as "Credit card", null as "Card problem",
      round(coalesce(l.commission_percent, 0), 2) as "Commission level", round(coalesce(l.discount_percent, 0), 2) as "Discount level",
      ${money('m.earnings')} as "Total earnings", ${money('m.savings')} as "Total savings"
    from licenses l left join (${await earned(db, account, selection)}) m using (license_id)
    where ${selected(account, selection)} order by l.created_at, l.license_id collate "C"`
}

/**
 * Commission and discount of each licence to the partner that has it: what others earn by it is theirs. That is asked of
 * each entry, not of the join: PostgreSQL would take three equal columns for a rare thing and plan for a handful of rows.
 */
async function earned(db: Snapshot, account: Account, selection: LicenseSelection): Promise<Sql> {
  const entries = sql`c.account_id = ${account.accountId} and c.license_id is not null and ${before(column('c', 'earned_at'), selection.asOf)}`
  const { amount, join } = await inAccountCurrency(db, account, 'commissions', 'c', { where: entries })
  const own = sql`c.partner_id = l.partner_id`
  return sql`select c.license_id, sum(${amount}) filter (where ${isCommission()} and ${own}) as earnings,
      sum(${amount}) filter (where ${isDiscount()} and ${own}) as savings
    from commissions c join licenses l using (account_id, license_id) ${join}
    where ${entries} and ${selected(account, selection)} group by c.license_id`
}

/**
 * Text as a spreadsheet must not run it (docs/definitions.md, Statements): what starts like a formula gets an apostrophe. Most text starts with
 * a letter, and the first comparison is all it costs. Empty text is written as nothing.
 */
function guarded(name: string): Sql {
  const text = sql.ref(name)
  return sql`case when ${text} collate "C" < 'A' and ascii(${text}) in (61, 43, 45, 64, 9, 13) then '''' || ${text} else nullif(${text}, '') end`
}
