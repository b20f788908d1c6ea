import type { Standing } from '../../db/ledger/statements/standings.ts'
import type { ReportContext } from '../../jobs/report.ts'
import type { Subject } from '../../templates/statement.ts'

interface Asked extends Pick<ReportContext, 'db' | 'account' | 'period' | 'asOf'> {
  readonly partners: readonly string[] | undefined
}

/** What a report is asked, with the subjects that it must not leave with what they have. */
export function reportContext({ partners, ...asked }: Asked, standings: ReadonlyMap<string, Standing>): ReportContext {
  const restating = [...standings.values()].filter(isAsked(partners)).map(subjectOf)
  return { ...asked, ...(partners && { partners }), restating }
}

/** A run for some partners says nothing of others. */
const isAsked =
  (partners: readonly string[] | undefined) =>
  ({ kind, id }: Standing): boolean =>
    partners === undefined || (kind === 'partner' && partners.includes(id))

function subjectOf({ kind, id, name }: Standing): Subject {
  if (kind === 'partner') return { kind, partner_id: id, name }
  return kind === 'funnel' ? { kind, funnel_id: Number(id), name } : { kind: 'account', name }
}
