import type { Subject } from '../templates/statement.ts'
import type { ReportContext, Skip } from './report.ts'

type PartnerName = { readonly partnerId: string; readonly name: string }
type FunnelName = { readonly funnelId: number; readonly name: string }

/** Why a subject gets no statement, if so: one that has a statement already is never left with it (docs/definitions.md, Revisions). */
export function skipOf(
  context: ReportContext,
  subject: Subject,
  { hasActivity }: { readonly hasActivity: boolean },
): Skip['skip'] | undefined {
  return hasActivity || isRestated(context, subject) ? undefined : 'no_activity'
}

const isRestated = ({ restating = [] }: ReportContext, subject: Subject): boolean =>
  keysOf(restating).has(keyOf(subject))

/** The partners of the run, and those that are no subject of it any more but have a statement; by id, as they come. */
export function withRestatedPartners(context: ReportContext, partners: readonly PartnerName[]): PartnerName[] {
  const known = new Set(partners.map(({ partnerId }) => partnerId))
  const gone = restatedPartners(context).filter(({ partnerId }) => !known.has(partnerId))
  return [...partners, ...gone]
}

const restatedPartners = ({ restating = [] }: ReportContext): PartnerName[] =>
  restating.flatMap((one) => (one.kind === 'partner' ? [{ partnerId: one.partner_id, name: one.name }] : []))

/** The same of funnels. */
export function withRestatedFunnels({ restating = [] }: ReportContext, funnels: readonly FunnelName[]): FunnelName[] {
  const known = new Set(funnels.map(({ funnelId }) => funnelId))
  const gone = restating.flatMap((one) =>
    one.kind === 'funnel' && !known.has(one.funnel_id) ? [{ funnelId: one.funnel_id, name: one.name }] : [],
  )
  return [...funnels, ...gone]
}

function keyOf(subject: Subject): string {
  if (subject.kind === 'account') return 'account'
  return subject.kind === 'partner' ? `partner:${subject.partner_id}` : `funnel:${subject.funnel_id}`
}

/** Asked for every subject of a run, and the same for all of them. */
function keysOf(restating: readonly Subject[]): ReadonlySet<string> {
  const keys = sets.get(restating) ?? new Set(restating.map(keyOf))
  sets.set(restating, keys)
  return keys
}
const sets = new WeakMap<readonly Subject[], ReadonlySet<string>>()
