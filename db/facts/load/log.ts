import type { FactTable } from '../table.ts'
import { keyJson } from './keys.ts'

/**
 * SQL that keeps in `fact_changes` what became of rows (migration 0010): of `rows`, a table of `before` and `after`, one of
 * which may be null. `$1` is the account, `$2` the instant, `source` what changed them.
 */
export const logSql = (table: FactTable, rows: string, source = '$3'): string =>
  `insert into fact_changes (account_id, table_name, key, partner_id, partner_before, changed_at, before, after, source)
   select $1::int, '${table.name}', ${keyJson(table, '(c.at)')}, (c.at).partner_id,
     nullif((c.before).partner_id, (c.at).partner_id), $2::timestamptz, to_jsonb(c.before), to_jsonb(c.after), ${source}::text
   from (select before, after, coalesce(after, before) as at from ${rows}) c`
