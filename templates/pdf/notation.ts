import { formatChange, formatCount, formatDate, formatMoney, formatPercent } from '../format.ts'
import type { Tile } from './parts/tiles.ts'
import type { AnyStatement } from './report.ts'

/** How one statement writes its numbers for its reader; what is null is a dash. */
export interface Notation {
  readonly locale: string
  /** A decimal string in the statement's currency. */
  readonly money: (amount: string | null) => string
  readonly count: (count: number | string) => string
  readonly percent: (percent: number | null) => string
  /** An ISO instant as a date in the account's time zone, or a bare date. */
  readonly date: (iso: string) => string
}

const NOTHING = '–'

export function notationOf(
  { currency, account }: Pick<AnyStatement, 'currency' | 'account'>,
  locale: string,
): Notation {
  return {
    locale,
    money: (amount) => (amount === null ? NOTHING : formatMoney(amount, currency, locale)),
    count: (count) => formatCount(count, locale),
    percent: (percent) => formatPercent(percent, locale),
    date: (iso) => formatDate(iso, account.time_zone, locale),
  }
}

/** A headline with its previous value and its change in percent; `less` where less is the better. */
export function headline(
  { locale }: Notation,
  label: string,
  value: string,
  previous: string,
  change: number | null,
  { less = false, even = false }: { less?: boolean; even?: boolean } = {},
): Tile {
  const up = change !== null && change > 0
  const tone = even || change === null || change === 0 ? 'even' : up !== less ? 'good' : 'bad'
  return { label, value, change: formatChange(change, locale), tone, note: `previous ${previous}` }
}
