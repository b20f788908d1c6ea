import { sql } from 'kysely'
import type { Account } from '../accounts.ts'
import type { Snapshot } from '../client.ts'
import { currencyExponent } from '../money.ts'
import { column, type Sql } from './definitions.ts'
import { localDay } from './local-day.ts'

/** No rate to turn an amount into the account's currency. Never left out in silence (SPEC 5). */
export class MissingRate extends Error {
  override readonly name = 'MissingRate'
  readonly currency: string
  /** Local day in the account's time zone, `YYYY-MM-DD`. */
  readonly date: string

  constructor(currency: string, date: string, into: string) {
    super(`fx_rates has no rate of ${currency} for ${date}; expected one to turn it into ${into}`)
    this.currency = currency
    this.date = date
  }
}

/** Where money stands in a table, and the instant whose local day its rate is of. */
const MONEY = {
  commissions: { amount: 'amount', at: 'earned_at' },
  withdrawals: { amount: 'amount', at: 'requested_at' },
  deals: { amount: 'value', at: 'closed_at' },
  usage_invoices: { amount: 'amount', at: 'issued_at' },
} as const
type MoneyTable = keyof typeof MONEY

interface AccountMoney {
  /** Whole minor units of the account's currency, rounded per row, halves away from zero. */
  readonly amount: Sql
  /** Put behind the table in `from`; empty where every row is in the account's currency. */
  readonly join: Sql
}

/**
 * A table's amounts in the account's currency. Looks once whether any row of `where` is in another one (a partial index
 * answers), so that accounts of one currency pay for no join.
 * `at`, `day`: another instant than the table's own, or its day (open deals have no closing day). MissingRate names
 * currency and day.
 */
export async function inAccountCurrency(
  db: Snapshot,
  account: Account,
  table: MoneyTable,
  alias: string,
  { where, at, day: given }: { where: Sql; at?: Sql; day?: Sql },
): Promise<AccountMoney> {
  const amount = column(alias, MONEY[table].amount)
  const foreign = sql`${sql.table(table)} ${sql.ref(alias)} where ${where} and ${column(alias, 'is_foreign')}`
  const own = given ?? (await localDay(db, account, at ?? column(alias, MONEY[table].at), foreign))
  if (!own) return { amount, join: sql`` }
  const day = sql`case when ${column(alias, 'is_foreign')} then ${own} end`
  const rate = sql.ref(`${alias}_fx.rate`)
  const fx = sql.ref(`${alias}_fx`)
  const join = sql`left join fx_rates ${fx} on ${sql.ref(`${alias}_fx.account_id`)} = ${column(alias, 'account_id')}
    and ${sql.ref(`${alias}_fx.currency`)} = ${column(alias, 'currency')} and ${sql.ref(`${alias}_fx.date`)} = ${day}`

  const worst = await sql<{ currency: string; day: string; missing: boolean }>`
    select ${column(alias, 'currency')} as currency, ${day} as day, ${rate} is null as missing
    from ${sql.table(table)} ${sql.ref(alias)} ${join}
    where ${where} and ${column(alias, 'is_foreign')} order by missing desc, day, currency limit 1`.execute(db)
  const found = worst.rows[0]
  if (!found) return { amount, join: sql`` }
  if (found.missing) throw new MissingRate(found.currency, found.day, account.currency)
  const converted = sql`round(${amount} * ${rate} * ${shift(account.currency, alias)})`
  return { amount: sql`case when ${column(alias, 'is_foreign')} then ${converted} else ${amount} end`, join }
}

/** Minor units of the row's currency to those of the account's: 1 JPY is a whole yen, 1 USD a cent. */
function shift(into: string, alias: string): Sql {
  const digits = currencyExponent(into)
  const codes = Intl.supportedValuesOf('currency')
  const others = [...new Set(codes.map(currencyExponent))].filter((exponent) => exponent !== 2)
  const cases = others.map((exponent) => {
    const same = codes.filter((code) => currencyExponent(code) === exponent)
    return sql`when ${column(alias, 'currency')} = any(${same}::bpchar[]) then ${powerOfTen(digits - exponent)}`
  })
  return sql`(case ${sql.join(cases, sql` `)} else ${powerOfTen(digits - 2)} end)`
}

const powerOfTen = (n: number): Sql => sql.raw(n < 0 ? `0.${'0'.repeat(-n - 1)}1` : `1${'0'.repeat(n)}`)
