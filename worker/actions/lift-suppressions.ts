import { insertAudit } from '../../db/access/audit.ts'
import { deleteSuppressions, type Suppression, type SuppressionsOf } from '../../db/ledger/deliveries/suppressions.ts'
import type { RunContext } from '../run/context.ts'

/**
 * Lets mail go again to an address, or at once to all that a server refused in the same words or that one run found
 * suppressed. One audit entry names them all, in the same transaction; none is written where nothing was lifted. What was
 * kept back meanwhile is taken up by a retry of its run. Gives back what was lifted, which may be nothing.
 */
export function liftSuppressions(
  { db, clock }: Pick<RunContext, 'db' | 'clock'>,
  of: SuppressionsOf,
  actor: string,
): Promise<Suppression[]> {
  return db.transaction().execute(async (writer) => {
    const lifted = await deleteSuppressions(writer, of)
    const [first] = lifted
    if (!first) return []
    const entry = { at: clock(), actor, action: 'suppression.delete' }
    if (of.address !== undefined) await insertAudit(writer, { ...entry, target: first.address, before: first })
    else {
      const target = of.run === undefined ? `reply: ${of.reply}` : `run: ${of.run}`
      await insertAudit(writer, { ...entry, target, before: lifted, after: { lifted: lifted.length } })
    }
    return lifted
  })
}
