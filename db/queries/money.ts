import { sql } from 'kysely'
import type { Account } from '../access/accounts.ts'
import type { Snapshot } from '../connection/client.ts'
import { currencyExponent } from '../values/money.ts'
import { column, inPeriod, type Sql } from './definitions.ts'
import { localDays } from './local-day.ts'
import { type LackingRate, lastRates, MissingRates, ratesByDay } from './rates.ts'

interface MoneyColumns {
  readonly amount: string
  readonly id: string
  /** The instant whose local day the rate is of. */
  readonly at: string
  /** Of the partner's rows of a day and currency, those that are summed up together; undefined where each stands alone. */
  readonly together?: (alias: string) => Sql
}

const MONEY = {
  commissions: {
    amount: 'amount',
    id: 'commission_id',
    at: 'earned_at',
    together: (f) => sql`${column(f, 'kind')} = 'discount'`,
  },
  withdrawals: {
    amount: 'amount',
    id: 'withdrawal_id',
    at: 'requested_at',
    together: (f) => sql`${column(f, 'status')} = 'rejected'`,
  },
  usage_invoices: { amount: 'amount', id: 'invoice_id', at: 'issued_at', together: () => sql`true` },
  deals: { amount: 'value', id: 'deal_id', at: 'closed_at' },
} as const satisfies Record<string, MoneyColumns>
type MoneyTable = keyof typeof MONEY

interface AccountMoney {
  /** Whole minor units of the account's currency. */
  readonly amount: Sql
  /** Put behind the table in `from`; empty where every row is in the account's currency. */
  readonly join: Sql
  /** The rate that an amount went through, and the day that the rate is of; null where it went through none. */
  readonly rate: Sql
  readonly rateDay: Sql
}

interface Asked {
  readonly where: Sql
  /** Another instant than the table's own, for deals: open ones have no closing day. */
  readonly at?: Sql
  /** The last rate up to this local date, instead of that of the row's own day. */
  readonly until?: string
  /** The join is asked of one row after the other, and must not be worked out anew for each. */
  readonly repeated?: true
}

/**
 * A table's amounts in the account's currency. What a partner has in a currency on a day is summed up and rounded once: each
 * row, in their order, is worth what it adds to that, so that rows add up exactly whatever is left out of them. Looks once
 * whether any row of `where` is in another currency (a partial index answers), so that accounts of one pay for no join.
 * MissingRates names every currency and day.
 */
export async function inAccountCurrency(
  db: Snapshot,
  account: Account,
  table: MoneyTable,
  alias: string,
  asked: Asked,
): Promise<AccountMoney> {
  const foreign = await findForeign(db, account, table, alias, asked)
  const amount = column(alias, MONEY[table].amount)
  const none = { rate: sql`null::numeric`, rateDay: sql`null::date` }
  if (!foreign) return { amount, join: sql``, ...none }
  const lacking = await findLacking(db, account, table, alias, asked, foreign)
  if (lacking.length > 0) throw new MissingRates(lacking, account.currency)
  const fx = sql.ref(`${alias}_fx`)
  const source = sql`(${converted(account, table, alias, asked, foreign)})`
  const rows = asked.repeated ? sql`(with rows as materialized ${source} select * from rows)` : source
  return {
    amount: sql`case when ${column(alias, 'is_foreign')} then ${sql.ref(`${alias}_fx.amount`)} else ${amount} end`,
    join: sql`left join ${rows} ${fx} on ${column(alias, 'is_foreign')}
      and ${sql.ref(`${alias}_fx.id`)} = ${column(alias, MONEY[table].id)}`,
    rate: sql.ref(`${alias}_fx.rate`),
    rateDay: sql.ref(`${alias}_fx.rate_day`),
  }
}

/** Between which instants and partners the foreign rows lie. */
interface Foreign {
  readonly first: Date
  readonly last: Date
  readonly firstPartner: string | null
  readonly lastPartner: string | null
}

async function findForeign(
  db: Snapshot,
  { accountId }: Account,
  table: MoneyTable,
  alias: string,
  { where, at, until }: Asked,
): Promise<Foreign | undefined> {
  // the day of `until` is that of every row, also of those that have no instant
  const instant = until ? sql`'epoch'::timestamptz` : (at ?? column(alias, MONEY[table].at))
  const partner = sql`${column(alias, 'partner_id')} collate "C"`
  const { rows } = await sql<Foreign & { first: Date | null }>`
    select min(${instant}) as first, max(${instant}) as last, min(${partner}) as "firstPartner", max(${partner}) as "lastPartner"
    from ${sql.table(table)} ${sql.ref(alias)} where ${where} and ${column(alias, 'is_foreign')}
      and ${column(alias, 'account_id')} = ${accountId}`.execute(db)
  const [found] = rows
  return found?.first ? found : undefined
}

/** The currencies and days of the rows that count for which there is no rate. */
async function findLacking(
  db: Snapshot,
  account: Account,
  table: MoneyTable,
  alias: string,
  asked: Asked,
  foreign: Foreign,
): Promise<LackingRate[]> {
  const { day, rates } = rating(account, table, alias, asked, foreign)
  const { rows } = await sql<LackingRate>`
    select distinct ${column(alias, 'currency')} as currency, ${day} as date
    from ${sql.table(table)} ${sql.ref(alias)} left join ${rates} r on r.currency = ${column(alias, 'currency')} and r.day = ${day}
    where ${asked.where} and ${column(alias, 'is_foreign')} and r.rate is null order by date, currency`.execute(db)
  return rows
}

/** Which day's rate a row goes through, and the rates. */
function rating(account: Account, table: MoneyTable, alias: string, { at, until }: Asked, foreign: Foreign) {
  const instant = at ?? column(alias, MONEY[table].at)
  if (until) return { day: sql`${until}::date`, rates: lastRates(account, until), within: sql`true` }
  const { dayOf, span } = localDays(account, foreign)
  return { day: dayOf(instant), rates: ratesByDay(account), within: inPeriod(instant, span) }
}

/** The foreign rows of the days and partners that count, whole days whatever the query leaves out: id, amount, rate, rate_day. */
function converted(account: Account, table: MoneyTable, alias: string, asked: Asked, foreign: Foreign): Sql {
  const { amount, id, at, together }: MoneyColumns = MONEY[table]
  const { day, rates, within } = rating(account, table, alias, asked, foreign)
  const value = column(alias, amount)
  const order = sql`${column(alias, at)}, ${column(alias, id)} ${table === 'withdrawals' ? sql`` : sql`collate "C"`}`
  const upToIt = together
    ? sql`sum(${value}) over (partition by ${column(alias, 'partner_id')}, ${together(alias)}, ${column(alias, 'currency')}, ${day} order by ${order})`
    : value
  const rows = sql`select ${column(alias, id)} as id, ${column(alias, 'currency')} as currency, ${value} as amount, ${day} as day,
      ${upToIt} as up_to_it, ${shift(account.currency, alias)} as shift
    from ${sql.table(table)} ${sql.ref(alias)}
    where ${column(alias, 'account_id')} = ${account.accountId} and ${column(alias, 'is_foreign')} and ${within} and ${together ? ofThem(alias, foreign) : sql`true`}`
  return sql`select s.id, (round(s.up_to_it * r.rate * s.shift) - round((s.up_to_it - s.amount) * r.rate * s.shift)) as amount,
      r.rate, r.rate_day from (${rows}) s join ${rates} r on r.currency = s.currency and r.day = s.day`
}

function ofThem(alias: string, { firstPartner, lastPartner }: Foreign): Sql {
  const partner = column(alias, 'partner_id')
  if (firstPartner === lastPartner) return sql`${partner} = ${firstPartner}`
  return sql`${partner} collate "C" between ${firstPartner} and ${lastPartner}`
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
