import { type Selectable, sql } from 'kysely'
import type { Schema } from '../../schema.ts'

export type Delivery = Selectable<Schema['deliveries']>
export interface DeliveryKey {
  readonly account_id: number
  readonly id: string
}

/** Machines' clocks differ a little: what one has just made due must not look early to the next. */
export const CLOCK_SKEW = '2 seconds'

/** Of a delivery `d`: its run was cancelled. */
export const cancelled = sql<boolean>`(d.resend_of is null and exists (select from runs r
  where r.account_id = d.account_id and r.id = d.run_id and r.status = 'cancelled'))`
