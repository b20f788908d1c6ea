import type { Account } from '../../db/access/accounts.ts'
import type { Writer } from '../../db/connection/client.ts'
import { type Boundary, claimBoundaries, listMovedBoundaries, type MovedBoundary } from '../../db/ledger/boundaries.ts'
import { noteCalendar, type Run } from '../../db/ledger/runs/runs.ts'
import { dayOf, zoneOn } from '../../db/values/calendar.ts'
import { zoneDataVersion } from '../../db/values/zone.ts'
import { isoInstant, placeOf } from '../../jobs/calendar/period.ts'
import { boundaryDates } from '../../jobs/period-days.ts'
import { Refused } from '../values/refused.ts'

/**
 * Where a period ends, its neighbour begins: the bounds of a run that is sealed become facts of the account. A run that was
 * opened with others than those that are sealed already fails; one whose bounds the rules have moved since says so.
 */
export async function claimBounds(writer: Writer, run: Run, account: Account): Promise<void> {
  const bounds = boundsOf(run, account)
  const [other] = await claimBoundaries(writer, run, bounds)
  if (other) {
    const { date, used, at } = other
    throw new Refused(
      'conflict',
      'period',
      `${date} begins at ${isoInstant(used)} in what is sealed; this run was opened with ${isoInstant(at)} (tz data ${run.tz_version ?? 'unknown'}): start it again`,
    )
  }
  const moved = await listMovedBoundaries(writer, run.account_id)
  const own = moved.filter(({ local_date }) => bounds.some(({ date }) => date === local_date))
  if (own.length > 0) await noteCalendar(writer, run, own.map(noteOf).join(' '))
}

function boundsOf(run: Run, account: Account): Boundary[] {
  const { first, after } = boundaryDates(run.period)
  const place = placeOf(account)
  const boundary = (date: string, at: Date): Boundary => ({ date, at, zone: zoneOn(dayOf(date), place) })
  const end = after === undefined ? [] : [boundary(after, run.period_to)]
  return first === after ? end : [boundary(first, run.period_from), ...end]
}

export function noteOf({ local_date, instant, tz_version, by_rules, kept_by }: MovedBoundary): string {
  const sealed = `${local_date} begins at ${isoInstant(instant)}, as it was sealed (tz data ${tz_version ?? 'of then'})`
  const rules = `by tz data ${zoneDataVersion()} at ${isoInstant(by_rules)}`
  return `${sealed}; ${rules}${kept_by === null ? ': keep it, or restate both periods.' : `; kept by ${kept_by}.`}`
}
