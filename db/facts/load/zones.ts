import type { PoolClient } from 'pg'
import { type CalendarRow, calendarOf, calendarSql } from '../../access/account-calendar.ts'
import { type Day, dayAt, dayOf, dayText, type Place, zoneOn } from '../../values/calendar.ts'
import { DAY_MS } from '../../values/durations.ts'
import type { FaultList } from '../faults.ts'

/** An account that goes to another time zone, from a local date on. */
export interface Move {
  readonly accountId: number
  readonly from: string
  /** Its zones then, oldest first, each with the date from which it is no longer in force. */
  readonly former: readonly { readonly until: string; readonly zone: string }[]
}

/**
 * The staged accounts whose zone is another than before. What has been imported or sealed keeps the zone it was reckoned in:
 * the new one is in force from `timezone_from`, without which from the day of the import. A date over which periods are
 * sealed is a fault.
 */
export async function findMoves(connection: PoolClient, now: Date, faults: FaultList): Promise<Move[]> {
  const { rows } = await connection.query<Row>(`
    select s.line, s.account_id, s.timezone as zone, s.timezone_from as asked, a.timezone, ${calendarSql('a')},
      (select max(b.local_date) from period_boundaries b where b.account_id = a.account_id) as sealed
    from staged s join accounts a on a.account_id = s.account_id
    where (s.timezone <> a.timezone or s.timezone_from <> a.timezone_from) and ${HAS_PAST} order by s.line`)
  return rows.flatMap((row) => {
    const place = calendarOf(row.timezone, row) ?? row.timezone
    const from = row.asked ?? dayText(dayAt(now.getTime(), place))
    if (row.sealed !== null && from < row.sealed) {
      const expected = `a date from ${row.sealed} on: the periods up to there are sealed in ${row.timezone}`
      if (row.asked) faults.add(Number(row.line), 'timezone_from', row.asked, expected)
      else
        faults.add(
          Number(row.line),
          'timezone',
          row.zone,
          `${row.timezone}, or in the column timezone_from ${expected}`,
        )
      return []
    }
    return [{ accountId: row.account_id, from, former: formerOf(place, dayOf(from), row.zone) }]
  })
}

/** Once the accounts are stored. */
export async function storeMoves(connection: PoolClient, moves: readonly Move[]): Promise<void> {
  for (const { accountId, from, former } of moves) {
    await connection.query('delete from former_time_zones where account_id = $1', [accountId])
    await connection.query(
      `insert into former_time_zones (account_id, until, zone) select $1, z.until, z.zone from unnest($2::date[], $3::text[]) z(until, zone)`,
      [accountId, former.map(({ until }) => until), former.map(({ zone }) => zone)],
    )
    await connection.query('update accounts set timezone_from = $2 where account_id = $1', [accountId, from])
  }
}

interface Row extends CalendarRow {
  readonly line: string
  readonly account_id: number
  readonly zone: string
  readonly asked: string | null
  readonly timezone: string
  readonly sealed: string | null
}

/** Before anything is reckoned in it, a zone may be what it likes. */
const HAS_PAST = `(${['partners', 'deals', 'fx_rates', 'runs', 'former_time_zones']
  .map((table) => `exists (select from ${table} x where x.account_id = s.account_id)`)
  .join(' or ')})`

/** The zones up to a date from which `zone` is in force; of two alike in a row one. */
function formerOf(place: Place, from: Day, zone: string): Move['former'] {
  const before = typeof place === 'string' ? [] : place.zones.filter((one) => one.from < from)
  const zones = [...before.map((one) => ({ from: one.from, zone: one.zone })), { from, zone }]
  if (before.length === 0) zones.unshift({ from: Number.NEGATIVE_INFINITY, zone: zoneOn(from - DAY_MS, place) })
  const different = zones.filter((one, i) => one.zone !== zones[i - 1]?.zone)
  return different
    .slice(0, -1)
    .map((one, i) => ({ zone: one.zone, until: dayText((different[i + 1] as { from: Day }).from) }))
}
