import { addDays, localDate, type Micros, startOfDay } from './calendar.ts'
import type { Fact, Facts } from './facts.ts'

/** Facts with what reckoning needs: instants as microseconds, money as minor units. */
export interface Books {
  readonly zone: string
  readonly currency: string
  readonly decimals: number
  rows(table: string, where?: Where): readonly Row[]
}

export interface Row {
  readonly fact: Fact
  text(column: string): string
  /** An instant, or undefined where the cell is empty. */
  at(column: string): Micros | undefined
  /** Minor units of the account's currency. */
  money(column: string): bigint
  count(column: string): bigint
  yes(column: string): boolean
}

export function open(facts: Facts, decimals: number): Books {
  const account = facts.accounts?.[0] as Fact
  const zone = account.timezone as string
  const tables = new Map(
    Object.entries(facts).map(([table, rows]) => [table, rows.map((fact) => rowOf(fact, zone, decimals))]),
  )
  const found = new Map<string, readonly Row[]>()
  const find = (table: string, where: Where) =>
    (tables.get(table) ?? []).filter((row) =>
      Object.entries(where).every(([column, value]) => row.text(column) === value),
    )
  return {
    zone,
    decimals,
    currency: account.currency as string,
    rows: (table, where = {}) => {
      const name = `${table} ${JSON.stringify(where)}`
      const rows = found.get(name) ?? find(table, where)
      found.set(name, rows)
      return rows
    },
  }
}

type Where = Readonly<Record<string, string>>

/** Is `at` in [from, to)? */
export const within = (at: Micros | undefined, span: { from: Micros; to: Micros }) =>
  at !== undefined && at >= span.from && at < span.to

export const sum = <T>(list: readonly T[], value: (item: T) => bigint) =>
  list.reduce((total, item) => total + value(item), 0n)

/** Minor units as a plain decimal. */
export function decimal(minor: bigint, decimals: number): string {
  const digits = `${minor < 0n ? -minor : minor}`.padStart(decimals + 1, '0')
  const text = decimals ? `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}` : digits
  return minor < 0n ? `-${text}` : text
}

/** 100 × part / whole with one decimal, halves away from zero; nothing over nothing. */
export function percent(part: bigint, whole: bigint): number | null {
  return whole === 0n ? null : Number(divide(part * 1000n, whole)) / 10
}

/** Halves away from zero. */
export function divide(part: bigint, whole: bigint): bigint {
  const negative = part < 0n !== whole < 0n
  const [a, b] = [part < 0n ? -part : part, whole < 0n ? -whole : whole]
  const rounded = (2n * a + b) / (2n * b)
  return negative ? -rounded : rounded
}

export const minorOf = (text: string, decimals: number) => {
  const [, sign, whole, part = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) as unknown as [
    string,
    string,
    string,
    string?,
  ]
  const minor = BigInt(whole + part.padEnd(decimals, '0'))
  return sign ? -minor : minor
}

const FOREIGN_DECIMALS = 2
const RATE_DECIMALS = 4

/** Minor units of the account's currency of minor units of another, by the rate of the local day of `at`. */
export function exchanged(books: Books, amount: bigint, currency: string, at: Micros): bigint {
  const rate = minorOf(rateOn(books, currency, localDate(books.zone, at)), RATE_DECIMALS)
  return divide(amount * rate * 10n ** BigInt(books.decimals), 10n ** BigInt(FOREIGN_DECIMALS + RATE_DECIMALS))
}

/** The rate of a day, else the last one before it, at most seven days old. */
function rateOn(books: Books, currency: string, day: string): string {
  for (let back = 0; back <= 7; back++) {
    const [rate] = books.rows('fx_rates', { currency, date: addDays(day, -back) })
    if (rate) return rate.text('rate')
  }
  throw new Error(`no rate of ${currency} for ${day}`)
}

/** In another currency than the account's. */
export const isForeign = (books: Books, row: Row): boolean =>
  row.text('currency') !== '' && row.text('currency') !== books.currency

/** What a row is in its own currency, minor units. */
export const foreignMoney = (row: Row, column: string): bigint => minorOf(row.text(column), FOREIGN_DECIMALS)

/** Minor units of the account's currency of a row that stands by itself; another currency goes through the rate of the local day of `at`. */
export function converted(books: Books, row: Row, column: string, at: Micros): bigint {
  if (!isForeign(books, row)) return row.money(column)
  return exchanged(books, foreignMoney(row, column), row.text('currency'), at)
}

function rowOf(fact: Fact, zone: string, decimals: number): Row {
  const instants = new Map<string, Micros>()
  const instantOf = (text: string) => {
    const at = instants.get(text) ?? microsOf(text, zone)
    instants.set(text, at)
    return at
  }
  return {
    fact,
    text: (column) => fact[column] ?? '',
    at: (column) => (fact[column] ? instantOf(fact[column] as string) : undefined),
    money: (column) => minorOf(fact[column] as string, decimals),
    count: (column) => BigInt(fact[column] || '1'),
    yes: (column) => fact[column] === 'true',
  }
}

function microsOf(text: string, zone: string): Micros {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return startOfDay(zone, text)
  const [, head, part = '', offset] = /^(.{19})(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(text) as unknown as [
    string,
    string,
    string?,
    string?,
  ]
  return BigInt(Date.parse(head + offset)) * 1000n + BigInt(part.padEnd(6, '0'))
}
