import { randomUUID } from 'node:crypto'
import type { Insertable } from 'kysely'
import type { Database } from '../../db/connection/client.ts'
import type { Schema } from '../../db/schema.ts'

/** Rows of the ledger as the seal and render steps leave them; account 1 must be there. Each gives back its row. */
export const insertRun = (db: Database, some: Partial<Insertable<Schema['runs']>> = {}) =>
  db
    .insertInto('runs')
    .values({
      account_id: 1,
      report: 'monthly-summary',
      period: `2026-10-${randomUUID()}`,
      revision: 1,
      time_zone: 'UTC',
      period_from: '2026-10-01T00:00:00Z',
      period_to: '2026-11-01T00:00:00Z',
      as_of: '2026-11-01T00:00:00Z',
      mail: true,
      trigger: 'http',
      status: 'delivering',
      created_at: '2026-11-01T06:00:00Z',
      ...some,
    })
    .returningAll()
    .executeTakeFirstOrThrow()

export const insertStatement = (db: Database, some: Partial<Insertable<Schema['statements']>> & { run_id: string }) =>
  db
    .insertInto('statements')
    .values({
      account_id: 1,
      subject_kind: 'partner',
      subject_id: `p-${randomUUID()}`,
      ordinal: 0,
      revision: 1,
      status: 'rendered',
      sealed: '{}',
      sha256: '00',
      figures_sha256: '00',
      created_at: '2026-11-01T06:00:00Z',
      ...some,
    })
    .returningAll()
    .executeTakeFirstOrThrow()

export const insertDelivery = (
  db: Database,
  some: Partial<Insertable<Schema['deliveries']>> & { run_id: string; statement_id: string },
) =>
  db
    .insertInto('deliveries')
    .values({
      account_id: 1,
      subject_kind: 'partner',
      subject_id: 'p',
      address: `${randomUUID()}@partner.test`,
      status: 'pending',
      next_attempt_at: '2026-11-01T06:00:00Z',
      created_at: '2026-11-01T06:00:00Z',
      ...some,
    })
    .returningAll()
    .executeTakeFirstOrThrow()

export const insertWorker = async (db: Database, some: Partial<Insertable<Schema['workers']>> = {}) => {
  const worker = { id: randomUUID(), host: 'here', pid: 1, ...some }
  await db.insertInto('workers').values(worker).execute()
  return worker.id
}
