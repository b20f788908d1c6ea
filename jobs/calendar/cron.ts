import { CronExpressionParser, type CronFieldCollection } from 'cron-parser'

/** A cron expression that cannot be read; the message names it and what was expected. */
export class CronError extends Error {
  readonly value: string

  constructor(value: string, problem: string, options?: ErrorOptions) {
    super(
      `cron ${JSON.stringify(value)}: ${problem}; expected five fields: minute hour day-of-month month day-of-week`,
      options,
    )
    this.name = 'CronError'
    this.value = value
  }
}

/**
 * A cron expression of five fields, single-spaced; CronError on anything else. Where day of month and of week are both
 * given, either suffices. A day of the month that is written out means the last day of a month that is shorter.
 */
export function parseCron(expression: string): string {
  const cron = expression.trim().split(/\s+/).join(' ')
  if (!/^[\d*,/#a-z-]+(?: [\d*,/#a-z-]+){4}$/i.test(cron)) throw new CronError(expression, 'not readable')
  if (/(?<!t)h/i.test(cron)) throw new CronError(expression, 'H would be a slot of the parser’s own choosing')
  fieldsOf(cron)
  return cron
}

/** Whether a cron fires in every hour: such a one stays continuous when a clock is set. */
export const everyHour = (cron: string) => fieldsOf(cron).hour.values.length === 24

/**
 * The wall-clock readings (as if of UTC, in ms) at which a cron fires, from one on, forwards or backwards in time.
 * cron-parser reads the expression but does not walk: back through a month takes it milliseconds.
 */
export function* readings(cron: string, from: number, step: 1 | -1): Generator<number> {
  const fields = fieldsOf(cron)
  const times = timesOfDay(fields)
  // 29 February, and no other month, is the leap day itself.
  const dates = fields.month.values.some((month) => month !== 2) ? datesWritten(cron) : []
  if (step < 0) times.reverse()
  let idle = 0
  for (let day = Math.floor(from / DAY) * DAY; idle < PATIENCE; day += step * DAY) {
    idle++
    if (!firesOn(fields, dates, new Date(day))) continue
    idle = 0
    for (const time of times) if ((day + time - from) * step >= 0) yield day + time
  }
}

const MINUTE = 60_000
const DAY = 1440 * MINUTE

/** In days. A 29 February may be eight years away, and its coming on one weekday forty; beyond that nothing comes. */
const PATIENCE = 41 * 366

function timesOfDay({ hour, minute }: CronFieldCollection): number[] {
  return hour.values.flatMap((hours) => minute.values.map((minutes) => (hours * 60 + minutes) * MINUTE))
}

/**
 * The days of the month that are written out, alone, in a list or in a range. Who writes 31 for a monthly report means
 * the month's end: passing over the months that have none would cost their readers a statement. A step counts days.
 */
function datesWritten(cron: string): number[] {
  const parts =
    cron
      .split(' ')[2]
      ?.split(',')
      .filter((part) => /^\d+(-\d+)?$/.test(part)) ?? []
  return parts.flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })
}

function firesOn(
  { month, dayOfMonth, dayOfWeek }: CronFieldCollection,
  written: readonly number[],
  day: Date,
): boolean {
  if (!month.values.includes((day.getUTCMonth() + 1) as (typeof month.values)[number])) return false
  const [date, length] = [
    day.getUTCDate(),
    new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate(),
  ]
  const isLast = date === length
  const onDate =
    dayOfMonth.values.some((value) => (value === 'L' ? isLast : value === date)) ||
    (isLast && written.some((value) => value > length))
  const onWeekday = dayOfWeek.values.some((value) => {
    if (Number.parseInt(String(value), 10) % 7 !== day.getUTCDay()) return false
    if (String(value).endsWith('L')) return date > length - 7
    return dayOfWeek.nthDay <= 0 || Math.ceil(date / 7) === dayOfWeek.nthDay
  })
  if (dayOfMonth.isWildcard || dayOfWeek.isWildcard) return onDate && onWeekday
  return onDate || onWeekday
}

// A scheduler asks for the same few expressions for every account, every minute.
const parsed = new Map<string, CronFieldCollection>()

function fieldsOf(cron: string): CronFieldCollection {
  const fields = parsed.get(cron) ?? read(cron)
  if (parsed.size >= 1000) parsed.clear()
  parsed.set(cron, fields)
  return fields
}

function read(cron: string): CronFieldCollection {
  try {
    return CronExpressionParser.parse(cron, { tz: 'UTC', currentDate: new Date(0) }).fields
  } catch (cause) {
    throw new CronError(cron, problemOf(cause), { cause })
  }
}

function problemOf(cause: unknown): string {
  const problem = cause instanceof Error ? cause.message : String(cause)
  return /explicit day of month/.test(problem) ? 'that month never has such a day (L is a month’s last)' : problem
}
