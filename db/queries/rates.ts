import { sql } from 'kysely'
import type { Account } from '../access/accounts.ts'
import type { Sql } from './definitions.ts'

/** A rate that is not there: of a currency, for a local date of the account (`YYYY-MM-DD`). */
export interface LackingRate {
  readonly currency: string
  readonly date: string
}

/** No rates to turn amounts into the account's currency. Never left out in silence (docs/definitions.md, Other currencies), and all named at once. */
export class MissingRates extends Error {
  override readonly name = 'MissingRates'
  readonly lacking: readonly LackingRate[]

  constructor(lacking: readonly LackingRate[], into: string) {
    super(missingText(lacking, into))
    this.lacking = lacking
  }
}

/** How many days a rate serves after its own: banks publish none at weekends and on holidays. */
export const RATE_DAYS = 7

function missingText(lacking: readonly LackingRate[], into: string): string {
  const list = lacking.map(({ currency, date }) => `${currency} for ${date}`).join(', ')
  const what = lacking.length === 1 ? `no rate of ${list}` : `no rates of ${list}`
  return `fx_rates has ${what}; expected one of the day, or of one of the ${RATE_DAYS} days before, to turn ${lacking.length === 1 ? 'it' : 'them'} into ${into}`
}

/** Each currency's rate for each day (`currency`, `day`, `rate`, `rate_day`): its own, else the last one before. */
export const ratesByDay = ({ accountId }: Account): Sql => sql`(
  select r.currency, r.date + n as day, r.rate, r.date as rate_day
  from (select currency, date, rate, lead(date) over (partition by currency order by date) as next
    from fx_rates where account_id = ${accountId}) r, generate_series(0, ${sql.lit(RATE_DAYS)}) n
  where r.next is null or r.date + n < r.next)`

/** Each currency's last rate up to a day, however old, as that day's. */
export const lastRates = ({ accountId }: Account, day: string): Sql => sql`(
  select distinct on (currency) currency, ${day}::date as day, rate, date as rate_day
  from fx_rates where account_id = ${accountId} and date <= ${day}::date order by currency, date desc)`
