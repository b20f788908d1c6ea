import { sql } from 'kysely'
import type { Database } from '../../connection/client.ts'
import { findStandings, lastTold, type Standing, type StandingsOf } from './standings.ts'

/** A statement that a subject holds of a report and period, and one amount that it says. */
export interface Held {
  readonly standing: Standing
  readonly id: string
  readonly revision: number
  /** When it was sealed. */
  readonly createdAt: Date
  /** Decimal. */
  readonly amount: string
  readonly currency: string
}

/**
 * What each subject holds, by `subjectKey`: the statement that it was last sent, else the one that stands. `path` is where
 * the amount lies in the sealed document.
 */
export async function findHeld(db: Database, of: StandingsOf, path: readonly string[]): Promise<Map<string, Held>> {
  const standings = [...(await findStandings(db, of))]
  const refs = new Map(standings.map(([key, standing]) => [key, lastTold(standing) ?? standing.current]))
  const ids = [...refs.values()].map(({ id }) => id)
  if (ids.length === 0) return new Map()
  const { rows } = await sql<{ id: string; created_at: Date; amount: string | null; currency: string }>`
    select id, created_at, sealed::jsonb #>> ${[...path]}::text[] as amount, sealed::jsonb ->> 'currency' as currency
    from statements where account_id = ${of.account_id} and id = any(${ids}::uuid[])`.execute(db)
  const said = new Map(rows.map((row) => [row.id, row]))
  return new Map(
    standings.flatMap(([key, standing]) => {
      const ref = refs.get(key)
      const row = ref && said.get(ref.id)
      if (!ref || !row || row.amount === null) return []
      const { id, amount, currency, created_at: createdAt } = { ...row, amount: row.amount }
      return [[key, { standing, id, revision: ref.revision, createdAt, amount, currency }] as const]
    }),
  )
}
