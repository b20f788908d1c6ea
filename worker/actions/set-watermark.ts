import { insertAudit } from '../../db/access/audit.ts'
import type { Writer } from '../../db/connection/client.ts'
import { findWatermark, setWatermark, type Watermark } from '../../db/facts/watermarks.ts'

export interface WatermarkWish {
  readonly accountId: number
  readonly table: string
  /** Facts before this instant are all there. */
  readonly through: Date
}

/**
 * Says in the caller's transaction that a table is complete through an instant, with its audit entry. Whoever waits for it
 * is woken by the caller, after that. Throws UnknownTable.
 */
export async function recordWatermark(
  writer: Writer,
  { accountId, table, through }: WatermarkWish,
  { actor, at }: { readonly actor: string; readonly at: Date },
): Promise<Watermark | undefined> {
  const before = await setWatermark(writer, accountId, table, through, at)
  const after = await findWatermark(writer, accountId, table)
  const entry = { at, actor, action: 'watermark.set', target: table, accountId }
  await insertAudit(writer, { ...entry, before: auditOf(before), after: auditOf(after) })
  return after
}

const auditOf = (mark: Watermark | undefined) =>
  mark && {
    table: mark.table,
    account_id: mark.accountId,
    complete_through: mark.completeThrough,
    set_at: mark.setAt,
  }
