import type { Place } from '../../db/values/calendar.ts'
import { everyHour, readings } from './cron.ts'
import { instantsOfWallClock, offsetsAround } from './wall.ts'

export { CronError, parseCron } from './cron.ts'

/** The slots with `from <= slot < to`, oldest first, `limit` of them at most. DST as docs/operating.md, Schedules has it, see slots-wall.ts. */
export function slotsBetween(cron: string, place: Place, from: Date, to: Date, limit = 1000): Date[] {
  if (limit < 1 || from >= to) return []
  const slots = new Set<number>()
  let end = to.getTime()
  let lastReading = end + Math.max(...offsetsAround(to, place))
  for (const reading of readings(cron, from.getTime() + Math.min(...offsetsAround(from, place)), 1)) {
    if (reading >= lastReading) break
    for (const at of instantsOfWallClock(reading, place, everyHour(cron))) {
      if (at >= from.getTime() && at < end) slots.add(at)
    }
    if (slots.size < limit || end < to.getTime()) continue
    // Enough, except for what reads later on the wall yet comes earlier: where a clock jumps, wall order is not time's.
    end = Math.max(...slots)
    lastReading = end + Math.max(...offsetsAround(new Date(end), place))
  }
  return inOrder(slots).slice(0, limit)
}

/** The next `n` slots after an instant; fewer only where the expression has no more. */
export function nextSlots(cron: string, place: Place, after: Date, n: number): Date[] {
  return slotsBetween(cron, place, new Date(after.getTime() + 1), new Date(Date.UTC(9999, 0)), n)
}

/** The latest slot that is not after an instant; undefined where there never was one. */
export function previousSlot(cron: string, place: Place, atOrBefore: Date): Date | undefined {
  const latest = atOrBefore.getTime() + Math.max(...offsetsAround(atOrBefore, place))
  for (const reading of readings(cron, latest, -1)) {
    const passed = instantsOfWallClock(reading, place, everyHour(cron)).filter((at) => at <= atOrBefore.getTime())
    if (passed.length === 0) continue
    const since = new Date(Math.max(...passed))
    return slotsBetween(cron, place, since, new Date(atOrBefore.getTime() + 1), Number.POSITIVE_INFINITY).at(-1)
  }
  return undefined
}

const inOrder = (slots: Iterable<number>) => [...slots].sort((a, b) => a - b).map((at) => new Date(at))
