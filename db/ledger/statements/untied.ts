import { sql } from 'kysely'
import type { Database } from '../../connection/client.ts'

/** Statements of a run that do not tie with the sealed ones of another period. */
export interface Untied {
  /** Key of the other period. */
  readonly period: string
  readonly count: number
  /** The first of them, by id. */
  readonly subjects: readonly string[]
}

const NAMED = 20

/** By run; most have none. */
export async function listUntied(
  db: Database,
  { ids, accounts }: { readonly ids: readonly string[]; readonly accounts: readonly number[] },
): Promise<Map<string, Untied[]>> {
  const { rows } = await sql<Untied & { run_id: string }>`
    select run_id, period, count(*)::int as count, (array_agg(subject_id order by ordinal))[1:${NAMED}::int] as subjects
    from statements s cross join lateral unnest(s.untied) as u (period)
    where s.untied is not null and s.account_id = any(${[...accounts]}::int[]) and s.run_id = any(${[...ids]}::uuid[])
    group by run_id, period order by run_id, period`.execute(db)
  const untied = new Map<string, Untied[]>()
  for (const { run_id, ...one } of rows) untied.set(run_id, [...(untied.get(run_id) ?? []), one])
  return untied
}
