import type { ReportDefinition } from './report.ts'
import { leadsTimeline } from './reports/leads-timeline.ts'
import { licenseExport } from './reports/license-export.ts'
import { monthlySummary } from './reports/monthly-summary.ts'
import { partnerLeaderboard } from './reports/partner-leaderboard.ts'
import { pipelineAnalytics } from './reports/pipeline-analytics.ts'
import { resellerWeekly } from './reports/reseller-weekly.ts'
import { usageReconciliation } from './reports/usage-reconciliation.ts'
import { withdrawalEligibility } from './reports/withdrawal-eligibility.ts'

/** THE list: a report that stands here runs, is scheduled, mailed, listed and documented. */
export const reports: readonly ReportDefinition[] = [
  listed(monthlySummary),
  listed(resellerWeekly),
  listed(usageReconciliation),
  listed(withdrawalEligibility),
  listed(partnerLeaderboard),
  listed(leadsTimeline),
  listed(pipelineAnalytics),
  listed(licenseExport),
]

export function findReport(name: string): ReportDefinition | undefined {
  return reports.find((report) => report.name === name)
}

/** The schedule that each scheduled report of a new account starts with (docs/operating.md, Schedules). */
export const scheduleDefaults: readonly { readonly report: string; readonly cron: string }[] = reports.flatMap(
  ({ name, schedule }) => (schedule ? [{ report: name, cron: schedule.cron }] : []),
)

/** From here on nobody looks into a report's figures: its template only ever gets what its own statements made. */
function listed<Figures, Row>(report: ReportDefinition<Figures, Row>): ReportDefinition {
  return report as unknown as ReportDefinition
}
