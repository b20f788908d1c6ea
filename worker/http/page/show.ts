import type { Account } from '../../../db/access/accounts.ts'
import { placeOf, zoneAt } from '../../../db/values/calendar.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../db/values/durations.ts'
import { findReport } from '../../../jobs/index.ts'
import { formatCount, periodLabel } from '../../../templates/format.ts'
import { instantText } from '../../../templates/locale/dates.ts'
import type { DateName } from '../../../templates/locale/forms.ts'
import * as words from './words.ts'

/** What views use to show a value; every one gives text, which the view escapes. */
export type Show = ReturnType<typeof showFor>

const LOCALE = 'en-GB'
type Instant = Date | string

/** Instants stand on the clocks that their account went by then, and say how far those are from UTC. */
export function showFor(accounts: readonly Account[], now: Date) {
  const byId = new Map(accounts.map((account) => [account.accountId, account]))
  const zoneOf = (instant: Date, accountId?: number): string => {
    const account = byId.get(accountId ?? -1) ?? accounts[0]
    return account ? zoneAt(instant.getTime(), placeOf(account)) : 'UTC'
  }
  const local = (instant: Instant, accountId: number | undefined, form: DateName): string =>
    instantText(asDate(instant), zoneOf(asDate(instant), accountId), form, LOCALE)
  return {
    ...words,
    /** More than one account: then every line says whose it is. */
    several: accounts.length > 1,
    account: (id: number): string => byId.get(id)?.name ?? `account ${id}`,
    zone: (accountId?: number): string => zoneOf(now, accountId),
    /** "20 Nov 2026, 06:00 GMT+1" */
    when: (instant: Instant, accountId?: number): string => local(instant, accountId, 'zoned'),
    /** "06:00 GMT+1" */
    time: (instant: Instant, accountId?: number): string => local(instant, accountId, 'clock'),
    day: (instant: Instant, accountId?: number): string => local(instant, accountId, 'weekday'),
    iso: (instant: Instant): string => asDate(instant).toISOString(),
    /** "in 3 hours", "2 days ago" */
    distance: (instant: Instant): string => distance(asDate(instant).getTime() - now.getTime()),
    lasted: (from: Instant, to: Instant): string => lasted(asDate(to).getTime() - asDate(from).getTime()),
    count: (number: number | bigint | string): string => formatCount(number, LOCALE),
    plural: (count: number, one: string, many = `${one}s`): string =>
      `${formatCount(count, LOCALE)} ${count === 1 ? one : many}`,
    bytes: (size: number | string): string => bytes(Number(size)),
    percent: (share: number): string => `${Math.floor(share * 100)}%`,
    period: (key: string): string => periodLabel(key, LOCALE),
    report: (name: string): string => findReport(name)?.title ?? name,
  }
}

const asDate = (instant: Instant): Date => (instant instanceof Date ? instant : new Date(instant))

const UNITS = [
  ['day', DAY_MS],
  ['hour', HOUR_MS],
  ['minute', MINUTE_MS],
] as const

function distance(ms: number): string {
  const [unit, size] = UNITS.find(([, length]) => Math.abs(ms) >= length) ?? ['second', 1000]
  return new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto' }).format(Math.trunc(ms / size), unit)
}

function lasted(ms: number): string {
  if (ms < 1000) return `${Math.max(0, ms)} ms`
  const seconds = ms / 1000
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 60
    ? `${minutes} min ${Math.round(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

function bytes(size: number): string {
  if (size < 1024) return `${size} bytes`
  const [scaled, unit] = size < 1024 ** 2 ? [size / 1024, 'KiB'] : [size / 1024 ** 2, 'MiB']
  return `${scaled.toFixed(1)} ${unit}`
}
