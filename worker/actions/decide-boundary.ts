import { insertAudit } from '../../db/access/audit.ts'
import { keepBoundary, listMovedBoundaries, moveBoundary } from '../../db/ledger/boundaries.ts'
import { isoInstant } from '../../jobs/calendar/period.ts'
import type { RunContext } from '../run/context.ts'
import { Refused } from '../values/refused.ts'
import { requestRun } from './request-run.ts'
import { inUnitOfWork, type UnitOfWork } from './unit-of-work.ts'

interface Place {
  readonly accountId: number
  readonly date: string
}

/**
 * What somebody decided of a boundary that newer rules would move: it stays as it was sealed, or it goes where the rules
 * have it and every period on both its sides is restated. Gives back the runs that do so. Refused `unknown` where there is
 * no such boundary, `conflict` where a run of such a period is open.
 */
export function decideBoundary(
  context: RunContext,
  place: Place,
  decision: 'keep' | 'restate',
  actor: string,
): Promise<string[]> {
  return inUnitOfWork(context, async (inside) => {
    const moved = await listMovedBoundaries(inside.db, place.accountId)
    const found = moved.find(({ local_date }) => local_date === place.date)
    if (!found) throw new Refused('unknown', 'date', `${place.date} is no boundary that the rules have moved`)
    const runs = decision === 'keep' ? await keep(inside, place, actor) : await restate(inside, place, actor)
    await insertAudit(inside.db, {
      at: inside.clock(),
      actor,
      action: `boundary.${decision}`,
      target: place.date,
      accountId: place.accountId,
      before: { begins_at: isoInstant(found.instant), tz_data: found.tz_version },
      after: { begins_at: isoInstant(decision === 'keep' ? found.instant : found.by_rules), runs },
    })
    return runs
  })
}

async function keep({ db, clock }: UnitOfWork, place: Place, actor: string): Promise<string[]> {
  await keepBoundary(db, place, { actor, now: clock() })
  return []
}

async function restate(inside: UnitOfWork, place: Place, actor: string): Promise<string[]> {
  const ids: string[] = []
  for (const { report, period, mail } of await moveBoundary(inside.db, place)) {
    const wanted = {
      report,
      period,
      accountId: place.accountId,
      mail,
      trigger: 'restatement',
      requestedBy: actor,
    } as const
    const { run, opened } = await requestRun(inside, wanted)
    // one that was opened before still has the bounds of then
    if (!opened)
      throw new Refused('conflict', 'date', `run ${run.id} of ${report} ${period} is open; expected it to end first`)
    ids.push(run.id)
  }
  return ids
}
