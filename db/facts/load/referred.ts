import { DetachedMonth } from '../../connection/detached.ts'
import type { FaultList } from '../faults.ts'
import type { FactTable } from '../table.ts'
import { type Referrer, referrersOf } from '../tables/index.ts'
import { runCheck } from './checks.ts'
import type { Query } from './query.ts'

const NAMED = 3

/** Faults where rows of facts refer to those of the staged keys; the first of them are named. */
export async function refuseReferred(query: Query, table: FactTable, faults: FaultList): Promise<void> {
  for (const referrer of referrersOf(table)) {
    if (referrer.by.month) await expectAttached(query, referrer.by)
    await runCheck(query, referred(table, referrer), faults)
  }
}

/** What goes with the same file refers to nothing any more. */
function referred(table: FactTable, { by, columns, to }: Referrer) {
  const column = table.key.at(-1) as string
  const same = columns.map((name, index) => `o.${name} = s.${to[index]}`).join(' and ')
  const stays =
    by.name === table.name
      ? `and not exists (select from staged w where ${by.key.map((key) => `w.${key} = o.${key}`).join(' and ')})`
      : ''
  const refers = `from ${by.name} o where o.account_id = $1 and ${same} ${stays}`
  const name = `concat_ws(' ', ${by.key.map((key) => `o.${key}`).join(', ')})`
  const first = `(select string_agg(name, ', ') from (select ${name} as name ${refers} order by 1 limit ${NAMED}) first)`
  return {
    column,
    expected: ({ named }: { readonly named?: string }) => `none of the ${by.name} to refer to it; there is ${named}`,
    sql: `select s.line, s.${column}::text as value from staged s where exists (select ${refers})`,
    named: `(select ${first} from staged s where s.line = bad.line)`,
  }
}

/** Rows that were taken out cannot be asked what they refer to. */
async function expectAttached(query: Query, { name }: FactTable): Promise<void> {
  const { rows } = await query<{ month: string }>(
    `select to_char(month, 'YYYY-MM') as month from detached_months where table_name = '${name}' order by 1 limit 1`,
  )
  if (rows[0]) throw new DetachedMonth(name, rows[0].month)
}
