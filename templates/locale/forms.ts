/*
 * What data.ts holds of a locale. In texts `#` stands for the digits of a number, `¤` for the symbol of a currency, and a
 * name in braces for a field of a date: `{d}` a day, `{dd}` one of two digits, `{L}` the name of a month.
 */

/** Decimal and group separator, digits of the last group and of those before it, digits that the first group needs at least. */
export type Separators = readonly [decimal: string, group: string, last: number, other: number, least: number]

export interface NumberForms {
  /** The ten digits; empty for those of ASCII. */
  readonly digits: string
  readonly plain: Separators
  readonly count: readonly [positive: string, negative: string]
  readonly percent: readonly [none: string, negative: string, positive: string]
}

export interface MoneyForms {
  readonly forms: readonly (readonly [positive: string, negative: string, ...Separators])[]
  /** By currency its symbol, with the index of its form where that is not the first; what is not listed shows its code. */
  readonly symbols: Readonly<Record<string, string | readonly [symbol: string, form: number]>>
}

/** From a thousand up, by power of ten: the power that is written as 1, and its words, by plural where they differ. */
export type CompactForms = readonly (readonly [shift: number, words: string | Readonly<Record<string, string>>])[]

/** A text with fields, with the index of its names of months where it has one. */
export type Template = string | readonly [text: string, months: number]

export type DateName = 'medium' | 'zoned' | 'month' | 'long' | 'monthShort' | 'clock' | 'weekday' | 'monthMedium'

export interface DateForms {
  readonly months: readonly (readonly string[])[]
  /** From Sunday. */
  readonly weekdays: readonly string[]
  readonly forms: Readonly<Record<DateName, Template>>
  /** Within a month, within a year, over its end. */
  readonly ranges: {
    readonly long: { readonly days: Template; readonly months: Template; readonly years: Template }
    readonly day: { readonly days: Template; readonly months: Template }
  }
  /** How each of the 24 hours reads, in digits of ASCII, and its half of the day, where there is one. */
  readonly hours: readonly string[]
  readonly halves: readonly string[]
  /** UTC, Greenwich, and so many hours before and behind it. */
  readonly zone: readonly [utc: string, none: string, ahead: string, behind: string]
}
