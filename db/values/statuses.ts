import type { DeliveryStatus } from '../ledger/deliveries/claims.ts'
import type { RunStatus } from '../ledger/runs/runs.ts'

/** Every status there is, in the order of a life (SPEC 8). */
export const RUN_STATUSES = [
  'queued',
  'waiting',
  'computing',
  'rendering',
  'delivering',
  'succeeded',
  'partial',
  'failed',
  'cancelled',
] as const satisfies readonly RunStatus[]

export const STATEMENT_STATUSES = ['sealed', 'rendered', 'unchanged', 'skipped', 'failed', 'cancelled'] as const

export const DELIVERY_STATUSES = [
  'pending',
  'sending',
  'sent',
  'unknown',
  'failed',
  'suppressed',
  'cancelled',
] as const satisfies readonly DeliveryStatus[]
