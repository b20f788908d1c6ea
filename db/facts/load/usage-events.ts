import { usageEvents } from '../tables/usage.ts'
import { sameKey } from './keys.ts'
import { stretchOf } from './months.ts'
import type { Query } from './query.ts'
import { newRows } from './rows.ts'
import { type Counts, insertSql, isNew, run } from './store.ts'

/** What happened; when it was received is the messenger's. Equal numbers and instants hash alike however written. */
const PAYLOAD = ['kind', 'quantity', 'occurred_at']
const HASH = `md5(jsonb_build_array(r.organization_id, r.kind, trim_scale(r.quantity), extract(epoch from r.occurred_at))::text)`

/**
 * Brings usage events in: the first payload of an event stays what it is, a later different one is kept beside it in
 * `usage_event_conflicts`, once (docs/importing.md). First is what the ledger knows already, then the earliest line of the file.
 */
export async function storeUsageEvents(query: Query): Promise<Counts> {
  const { from, values } = newRows(usageEvents)
  const columns = [...values.keys()]
  const staged = `select ${[...values].map(([column, value]) => `${value} as ${column}`).join(', ')}, s.line from ${from}`
  const list = columns.join(', ')

  const first = `not exists (select from staged e where ${sameKey(usageEvents.key, 'e')} and e.line < r.line)`
  const rows = `select ${list} from (${staged}) r where ${isNew(usageEvents)} and ${first}`
  const inserted = await run(query, insertSql(usageEvents, columns, rows))
  const within = await stretchOf(query, usageEvents) // of the new ones too
  const conflicts = await run(
    query,
    `insert into usage_event_conflicts (${list}, payload_hash)
     select distinct on (r.organization_id, r.event_id, ${HASH}) ${columns.map((column) => `r.${column}`).join(', ')}, ${HASH}
     from (${staged}) r join usage_event_keys k on k.account_id = $1 and ${sameKey(usageEvents.key, 'k')}
       join usage_events t on t.account_id = $1 and ${sameKey(usageEvents.key, 't', 'k')} and t.occurred_at = k.occurred_at and ${within}
     where (${PAYLOAD.map((column) => `r.${column}`).join(', ')})
       is distinct from (${PAYLOAD.map((column) => `t.${column}`).join(', ')})
     order by r.organization_id, r.event_id, ${HASH}, r.line
     on conflict (account_id, event_id, payload_hash) do nothing`,
  )
  const total = Number((await query<{ count: string }>('select count(*) from staged')).rows[0]?.count)
  return { inserted, updated: 0, unchanged: total - inserted - conflicts, conflicts }
}
