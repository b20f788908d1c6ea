import {
  type LeadCounts,
  leadsTimeline as leadsByMonth,
  leadsTimelineByPartner,
  noLeads,
} from '../../db/queries/leads-timeline.ts'
import { leadsTimeline as template } from '../../templates/leads-timeline/index.ts'
import type { LeadsTimelineFigures } from '../../templates/leads-timeline/view.ts'
import { bucketsOf, type Period } from '../calendar/period.ts'
import { daysOf } from '../period-days.ts'
import { defineReport, type Outcome, type ReportContext } from '../report.ts'
import { withRestatedPartners } from '../restating.ts'

/** Leads by month: of the account, or of each partner that is named (docs/definitions.md, Figures). On demand. */
export const leadsTimeline = defineReport<LeadsTimelineFigures, never>({
  name: 'leads-timeline',
  title: 'Leads timeline',
  audience: 'either',
  labels: ['figures.partner_uuid'],
  statements,
  template,
})

async function* statements(context: ReportContext): AsyncGenerator<Outcome<LeadsTimelineFigures, never>> {
  const { db, account, period, partners } = context
  const months = bucketsOf(period, 'month')
  if (partners) {
    yield* partnerStatements(context, months, partners)
    return
  }
  const counts = await leadsByMonth(db, account, period, { months })
  const subject = { kind: 'account', name: account.name } as const
  yield { subject, currency: account.currency, figures: figuresOf(period, months, counts, null) }
}

async function* partnerStatements(
  context: ReportContext,
  months: readonly Period[],
  partners: readonly string[],
): AsyncGenerator<Outcome<LeadsTimelineFigures, never>> {
  const { db, account, period } = context
  const timelines = await leadsTimelineByPartner(db, account, period, { months, partners })
  const timelineOf = new Map(timelines.map((timeline) => [timeline.partnerId, timeline]))
  for (const { partnerId, name } of withRestatedPartners(context, timelines)) {
    const { uuid = null, counts = [] } = timelineOf.get(partnerId) ?? {}
    const subject = { kind: 'partner', partner_id: partnerId, name } as const
    yield { subject, currency: account.currency, figures: figuresOf(period, months, counts, uuid) }
  }
}

function figuresOf(
  period: Period,
  months: readonly Period[],
  counts: readonly LeadCounts[],
  uuid: string | null,
): LeadsTimelineFigures {
  const { first, last } = daysOf(period)
  return {
    partner_uuid: uuid,
    period: { start_date: first, end_date: last },
    totals: counts.reduce(added, noLeads),
    months: months.map(({ key }, index) => ({ label: key, ...(counts[index] ?? noLeads) })),
  }
}

const added = (sum: LeadCounts, counts: LeadCounts): LeadCounts => ({
  total: sum.total + counts.total,
  received: sum.received + counts.received,
  sent: sum.sent + counts.sent,
  converted: sum.converted + counts.converted,
  rejected: sum.rejected + counts.rejected,
  pending: sum.pending + counts.pending,
})
