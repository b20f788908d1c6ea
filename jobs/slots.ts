import { type CronExpression, CronExpressionParser } from 'cron-parser'
import { instantsOfWallClock, offsetsAround } from './slots-wall.ts'

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

/** A cron expression of five fields, single-spaced; CronError on anything else. Where day of month and of week are both given, either suffices. */
export function parseCron(expression: string): string {
  const cron = expression.trim().split(/\s+/).join(' ')
  if (!/^[\d*,/#a-z-]+(?: [\d*,/#a-z-]+){4}$/i.test(cron)) throw new CronError(expression, 'not readable')
  if (/(?<!t)h/i.test(cron)) throw new CronError(expression, 'H would be a slot of the parser’s own choosing')
  expressionAt(cron, 0)
  return cron
}

/** The slots with `from <= slot < to`, oldest first, `limit` of them at most. DST as SPEC 7 has it, see slots-wall.ts. */
export function slotsBetween(cron: string, timeZone: string, from: Date, to: Date, limit = 1000): Date[] {
  if (limit < 1 || from >= to) return []
  const expression = expressionAt(cron, from.getTime() + Math.min(...offsetsAround(from, timeZone)) - 1)
  const slots = new Set<number>()
  let end = to.getTime()
  let lastWall = end + Math.max(...offsetsAround(to, timeZone))
  for (let wall = step(expression, 'next'); wall !== undefined && wall < lastWall; wall = step(expression, 'next')) {
    for (const at of instantsOfWallClock(wall, timeZone, everyHour(expression))) {
      if (at >= from.getTime() && at < end) slots.add(at)
    }
    if (slots.size < limit || end < to.getTime()) continue
    // Enough, except for what reads later on the wall yet comes earlier: where a clock jumps, wall order is not time's.
    end = Math.max(...slots)
    lastWall = end + Math.max(...offsetsAround(new Date(end), timeZone))
  }
  return inOrder(slots).slice(0, limit)
}

/** The next `n` slots after an instant; fewer only where the expression has no more. */
export function nextSlots(cron: string, timeZone: string, after: Date, n: number): Date[] {
  return slotsBetween(cron, timeZone, new Date(after.getTime() + 1), new Date(Date.UTC(9999, 0)), n)
}

/** The latest slot that is not after an instant; undefined where there never was one. */
export function previousSlot(cron: string, timeZone: string, atOrBefore: Date): Date | undefined {
  const expression = expressionAt(cron, atOrBefore.getTime() + Math.max(...offsetsAround(atOrBefore, timeZone)) + 1)
  for (let wall = step(expression, 'prev'); wall !== undefined; wall = step(expression, 'prev')) {
    const passed = instantsOfWallClock(wall, timeZone, everyHour(expression)).filter((at) => at <= atOrBefore.getTime())
    if (passed.length === 0) continue
    const since = new Date(Math.max(...passed))
    return slotsBetween(cron, timeZone, since, new Date(atOrBefore.getTime() + 1), Number.POSITIVE_INFINITY).at(-1)
  }
  return undefined
}

/** The expression read in UTC, which knows no DST: its slots are wall-clock readings, to be placed in a zone by us. */
function expressionAt(cron: string, wall: number): CronExpression {
  try {
    return CronExpressionParser.parse(cron, { tz: 'UTC', currentDate: new Date(wall) })
  } catch (cause) {
    throw new CronError(cron, cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

/** Next or previous wall-clock reading; undefined at the end of cron-parser's patience, years away. */
function step(expression: CronExpression, direction: 'next' | 'prev'): number | undefined {
  try {
    return expression[direction]().getTime()
  } catch {
    return undefined
  }
}

const everyHour = (expression: CronExpression) => expression.fields.hour.values.length === 24

const inOrder = (slots: Iterable<number>) => [...slots].sort((a, b) => a - b).map((at) => new Date(at))
