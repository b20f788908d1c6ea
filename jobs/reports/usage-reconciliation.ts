import { listPartnersWithOrganizations } from '../../db/queries/usage.ts'
import { listLateUsage, listUsageConflicts } from '../../db/queries/usage-exceptions.ts'
import { type ReconciledOrganization, reconcileUsage } from '../../db/queries/usage-reconciliation.ts'
import { usageReconciliation as template } from '../../templates/usage-reconciliation/index.ts'
import {
  LISTED,
  type OrganizationUsage,
  type UsageReconciliationFigures,
} from '../../templates/usage-reconciliation/view.ts'
import { chunksOf } from '../chunks.ts'
import { daysOf } from '../period-days.ts'
import { defineReport, type Outcome, type ReportContext, type Statement } from '../report.ts'
import { skipOf, withRestatedPartners } from '../restating.ts'
import { conflictOf, type Exceptions, figuresOf, lateEventOf, rowOf } from './usage-reconciliation-figures.ts'

/** Late events and conflicts held in memory at a time, unless one partner alone has more. */
const EXCEPTIONS_AT_ONCE = 20_000

/** Metered against invoiced usage: for each partner with organisations, and for the account over all of them (docs/definitions.md, Figures). */
export const usageReconciliation = defineReport<UsageReconciliationFigures, OrganizationUsage>({
  name: 'usage-reconciliation',
  title: 'Usage reconciliation',
  audience: 'either',
  schedule: { cron: '0 6 2 * *', period: 'month' },
  labels: ['rows[].name'],
  statements,
  template,
})

type UsageOutcome = Outcome<UsageReconciliationFigures, OrganizationUsage>

async function* statements(context: ReportContext): AsyncGenerator<UsageOutcome> {
  const { db, account, period, partners } = context
  const rows = await reconcileUsage(db, account, { ...period, days: daysOf(period) }, { partners })
  if (!partners) yield await accountOutcome(context, rows)
  yield* partnerOutcomes(context, rows)
}

async function accountOutcome(context: ReportContext, rows: readonly ReconciledOrganization[]): Promise<UsageOutcome> {
  const subject = { kind: 'account', name: context.account.name } as const
  const skip = skipOf(context, subject, { hasActivity: rows.length > 0 })
  if (skip) return { subject, skip }
  const { db, account, period } = context
  const late = await listLateUsage(db, account, period, { limit: LISTED })
  const conflicting = await listUsageConflicts(db, account, period, { limit: LISTED })
  return statementOf(context, subject, rows, { late, conflicting })
}

async function* partnerOutcomes(
  context: ReportContext,
  rows: readonly ReconciledOrganization[],
): AsyncGenerator<UsageOutcome> {
  const { db, account, partners } = context
  const rowsOf = groupedByPartner(rows)
  const subjects = withRestatedPartners(context, await listPartnersWithOrganizations(db, account, { partners }))
  for (const chunk of chunksOf(subjects, EXCEPTIONS_AT_ONCE, ({ partnerId }) => exceptionsOf(rowsOf.get(partnerId)))) {
    const exceptions = await listExceptions(
      context,
      chunk.map(({ partnerId }) => partnerId).filter((id) => exceptionsOf(rowsOf.get(id)) > 0),
    )
    for (const { partnerId, name } of chunk) {
      const subject = { kind: 'partner', partner_id: partnerId, name } as const
      const own = rowsOf.get(partnerId) ?? []
      const skip = skipOf(context, subject, { hasActivity: own.length > 0 })
      if (skip) yield { subject, skip }
      else yield statementOf(context, subject, own, exceptions(partnerId))
    }
  }
}

/** How many late events and conflicts a partner's statement lists. */
const exceptionsOf = (rows: readonly ReconciledOrganization[] = []): number =>
  Math.min(LISTED, sum(rows, 'lateEvents')) + Math.min(LISTED, sum(rows, 'conflicts'))

const sum = (rows: readonly ReconciledOrganization[], key: 'lateEvents' | 'conflicts'): number =>
  rows.reduce((total, row) => total + row[key], 0)

async function listExceptions(
  { db, account, period }: ReportContext,
  partners: readonly string[],
): Promise<(partnerId: string) => Exceptions> {
  if (partners.length === 0) return () => ({ late: [], conflicting: [] })
  const options = { partners, limit: LISTED, each: true }
  const late = groupedByPartner(await listLateUsage(db, account, period, options))
  const conflicting = groupedByPartner(await listUsageConflicts(db, account, period, options))
  return (id) => ({ late: late.get(id) ?? [], conflicting: conflicting.get(id) ?? [] })
}

const statementOf = (
  { account }: ReportContext,
  subject: Statement<unknown, unknown>['subject'],
  rows: readonly ReconciledOrganization[],
  { late, conflicting }: Exceptions,
): Statement<UsageReconciliationFigures, OrganizationUsage> => ({
  subject,
  currency: account.currency,
  figures: {
    ...figuresOf(account, rows),
    late: late.map(lateEventOf),
    conflicting: conflicting.map(conflictOf),
  },
  rows: rows.map((row) => rowOf(account, row)),
})

function groupedByPartner<T extends { readonly partnerId: string }>(items: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(item.partnerId)
    if (group) group.push(item)
    else groups.set(item.partnerId, [item])
  }
  return groups
}
