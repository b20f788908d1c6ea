import { TOPICS } from '../../access/preferences.ts'
import type { Given } from '../given.ts'
import type { FactTable } from '../table.ts'
import type { Bringing, Changed } from './changed.ts'
import type { Kept } from './kept.ts'
import type { Query } from './query.ts'

const FLAGS = Object.entries(TOPICS)

/**
 * Flags that the file says again as it always has, of partners that have wished otherwise since: their wish stays, and to
 * overwrite a partner's edits is not to overwrite that.
 */
export async function countWishesKept(query: Query, table: FactTable, given: Given): Promise<Kept> {
  const flags = table.name === 'partners' ? FLAGS.filter(([flag]) => given(flag) !== false) : []
  if (flags.length === 0) return {}
  const same = flags.map(
    ([flag, topic]) =>
      `count(*) filter (where f.topic = '${topic}' and t.${flag} = s.${flag} and f.wanted <> s.${flag}) as ${flag}`,
  )
  const { rows } = await query<Record<string, string>>(
    `select ${same.join(', ')} from preferences f join staged s using (partner_id)
       join partners t on t.account_id = f.account_id and t.partner_id = f.partner_id where f.account_id = $1`,
  )
  const counts = flags.map(([flag]) => [flag, Number(rows[0]?.[flag])] as const)
  return Object.fromEntries(counts.filter(([, count]) => count > 0))
}

/**
 * A flag that changes is a wish of the moment of the import, as an unsubscription is of its own; the later one counts. One
 * that somebody makes while the import is under way is later than it.
 */
export async function noteWishes(query: Query, { columns }: Changed, { now, source }: Bringing): Promise<void> {
  for (const [flag, topic] of FLAGS.filter(([flag]) => columns[flag])) {
    await query(
      `insert into preferences (account_id, partner_id, topic, wanted, source, changed_at)
       select $1::int, c.partner_id, '${topic}', c.${flag}, $3::text, $2::timestamptz from changed c
       where (c.before).${flag} is distinct from c.${flag}
       on conflict (account_id, partner_id, topic) do update
         set wanted = excluded.wanted, source = excluded.source, changed_at = excluded.changed_at
         where preferences.changed_at <= excluded.changed_at`,
      now,
      source,
    )
  }
}
