import { z } from 'zod'
import { DAY_MS } from '../../../db/values/durations.ts'

/**
 * What parameters may be. Every message says what was expected; a missing one `is required`, a repeated or empty one is
 * refused like any other wrong value. NUL is refused everywhere: PostgreSQL has no place for it.
 */
const expecting = (expected: string) => (issue: { input?: unknown }) =>
  issue.input === undefined ? `is required: expected ${expected}` : `expected ${expected}`

/** Text of `min` to `max` characters. */
export const text = (expected: string, { min = 1, max = 500 }: { min?: number; max?: number } = {}) => {
  const error = expecting(expected)
  return z
    .string({ error })
    .min(min, { error: `expected ${expected}` })
    .max(max, { error: `expected ${expected} of at most ${max} characters` })
    .refine((value) => !value.includes('\0'), { error: `expected ${expected} without NUL characters` })
}

export const choice = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, { error: expecting(`one of ${values.join(', ')}`) })

/** A whole number written in digits. */
export const integer = (min: number, max: number) => {
  const expected = `a whole number from ${min} to ${max}`
  return z
    .string({ error: expecting(expected) })
    .refine((value) => /^-?\d{1,15}$/.test(value), { error: `expected ${expected}`, abort: true })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error: `expected ${expected}` })
    .meta({ type: 'integer', minimum: min, maximum: max })
}

/** The number of something in a path: as large as the database's integers go. */
export const idNumber = () => {
  const expected = 'a whole number'
  return z
    .string({ error: expecting(expected) })
    .refine((value) => /^\d{1,18}$/.test(value), { error: `expected ${expected}` })
}

/** Of any version: partners bring their own. */
export const uuid = () => z.guid({ error: expecting('a UUID') })

export const email = (longest = 254) =>
  z
    .email({ error: expecting('an e-mail address') })
    .max(longest, { error: `expected an e-mail address of at most ${longest} characters` })

/** A calendar date `YYYY-MM-DD` that exists, from 1900 to 2999. */
export const date = () => {
  const expected = 'a date YYYY-MM-DD from 1900 to 2999'
  return z
    .string({ error: expecting(expected) })
    .refine((value) => dateOf(value) !== undefined, { error: `expected ${expected}` })
    .meta({ type: 'string', format: 'date' })
}

const DATE_OR_TIME = 'a date YYYY-MM-DD or a time YYYY-MM-DDTHH:mm:ssZ from 1900 to 2999'

/** The start of a range (UTC): a bare date is its first instant. */
export const start = (format: 'date' | 'date-time' = 'date-time') => instant(format, (date) => date, 0)

/** The end of a range (UTC) as the instant after it: a bare date includes its day, a time its second (docs/data-api.md, Choices). */
export const end = (format: 'date' | 'date-time' = 'date-time') => instant(format, nextDay, 1000)

function instant(format: 'date' | 'date-time', ofDate: (date: Date) => Date, more: number) {
  return z
    .string({ error: expecting(DATE_OR_TIME) })
    .transform((value, context) => {
      const day = dateOf(value)
      const found = day ? ofDate(day) : timeOf(value, more)
      if (found) return found
      context.addIssue({ code: 'custom', message: `expected ${DATE_OR_TIME}` })
      return z.NEVER
    })
    .meta({ type: 'string', format })
}

const nextDay = (day: Date) => new Date(day.getTime() + DAY_MS)

/** The first instant of a date in UTC; undefined for what is no date. */
function dateOf(value: string): Date | undefined {
  if (!/^(19|2\d)\d\d-\d\d-\d\d$/.test(value)) return undefined
  const day = new Date(`${value}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value) ? day : undefined
}

/** A date's first instant in UTC, or a time; undefined for anything else. */
export const instantOf = (value: string): Date | undefined => dateOf(value) ?? timeOf(value, 0)

function timeOf(value: string, more: number): Date | undefined {
  const [, date = '', time = ''] = /^(.{10})T(([01]\d|2[0-3]):[0-5]\d:[0-5]\d)Z$/.exec(value) ?? []
  return dateOf(date) && new Date(Date.parse(`${date}T${time}Z`) + more)
}

/** The refinement of every object with a range: `from` after `to` is refused (docs/data-api.md, Choices). */
export function inOrder<T extends z.ZodObject>(object: T, from: string, to: string): T {
  const ordered = (value: Record<string, unknown>) => {
    const [first, last] = [value[from], value[to]]
    return first === undefined || last === undefined || isBefore(first, last)
  }
  return object.refine(ordered, { path: [from], error: `expected to be before ${to}` })
}

/** Instants are half-open, dates of a pair are both included. */
const isBefore = (first: unknown, last: unknown) =>
  first instanceof Date && last instanceof Date ? first < last : String(first) <= String(last)

/** Optional `date_from` and `date_to` of the Text endpoints. */
export const anyRange = (format?: 'date' | 'date-time') => ({
  date_from: start(format).optional(),
  date_to: end(format).optional(),
})

/** The same, but required. */
export const range = () => ({ date_from: start(), date_to: end() })

/** JSON's true and false, and a form's. */
export const flag = () => {
  const error = { error: 'expected true or false' }
  return z.union([z.boolean(error), z.enum(['true', 'false'], error).transform((value) => value === 'true')], error)
}

export const PRODUCTS = ['livechat', 'chatbot', 'helpdesk', 'all'] as const
export const PROGRAMS = ['affiliate', 'solution', 'all'] as const

/** Several values: the parameter repeated, or its values between commas (docs/data-api.md, Choices). */
export const several = (expected: string, item: z.ZodType<string> = text(expected)) => {
  const values = z.preprocess(
    (given) => [given].flat().flatMap((one) => (typeof one === 'string' ? one.split(',') : [one])),
    z.array(item).max(1000, { error: `expected at most 1000 ${expected}` }),
  )
  return values.meta({ description: `${expected}: repeated, or between commas.` })
}
