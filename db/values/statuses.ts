/** Every status there is, in the order of a life. */
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
] as const
export type RunStatus = (typeof RUN_STATUSES)[number]

export const STATEMENT_STATUSES = ['sealed', 'rendered', 'unchanged', 'skipped', 'failed', 'cancelled'] as const
export type StatementStatus = (typeof STATEMENT_STATUSES)[number]

export const DELIVERY_STATUSES = ['pending', 'sending', 'sent', 'unknown', 'failed', 'suppressed', 'cancelled'] as const
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number]
