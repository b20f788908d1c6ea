import { listWeekLicenses, resellerWeeks, type Week, type WeekSpans } from '../../db/queries/reseller-weekly.ts'
import { listSubjects, type PartnerSubject } from '../../db/queries/subjects.ts'
import { resellerWeekly as template } from '../../templates/reseller-weekly/index.ts'
import type { ResellerLicense, ResellerWeeklyFigures } from '../../templates/reseller-weekly/view.ts'
import { type Period, placeOf, previousPeriod } from '../calendar/period.ts'
import { datesOfKey } from '../calendar/period-key.ts'
import { startOfDate } from '../calendar/zone.ts'
import { chunksOf } from '../chunks.ts'
import { defineReport, type Outcome, type ReportContext } from '../report.ts'
import { skipOf, withRestatedPartners } from '../restating.ts'
import { figuresOf, hasActivity, licenseRow, licensesOf } from './reseller-weekly-figures.ts'

const DAYS_AHEAD = 14
/** Licences held in memory at a time, unless one partner alone has more. */
const LICENSES_AT_ONCE = 20_000

/** Each solution partner's week: what happened to its licences, which end soon, what it earned and saved (docs/definitions.md, Figures). */
export const resellerWeekly = defineReport<ResellerWeeklyFigures, ResellerLicense>({
  name: 'reseller-weekly',
  title: 'Reseller weekly summary',
  audience: 'partner',
  schedule: { cron: '0 6 * * 1', period: 'week' },
  optOut: 'send_reseller_weekly_summary',
  labels: ['rows[].client_name', 'rows[].client_email', 'rows[].client_identifier', 'rows[].product'],
  statements,
  template,
})

async function* statements(context: ReportContext): AsyncGenerator<Outcome<ResellerWeeklyFigures, ResellerLicense>> {
  const { db, account, partners, period } = context
  const weekOf = await resellerWeeks(db, account, weekSpans(period), { partners })
  const previousOf = await resellerWeeks(db, account, weekSpans(previousPeriod(period)), { partners })
  const listed = (await listSubjects(db, account.accountId, { partners })).filter(isSubject(context))
  const subjects = withRestatedPartners(context, listed)
  for (const chunk of chunksOf(subjects, LICENSES_AT_ONCE, ({ partnerId }) => 1 + licensesOf(weekOf(partnerId)))) {
    const rowsOfPartner = await listRows(context, chunk, weekOf)
    for (const { partnerId, name } of chunk) {
      const subject = { kind: 'partner', partner_id: partnerId, name } as const
      const week = weekOf(partnerId)
      const skip = skipOf(context, subject, { hasActivity: hasActivity(week) })
      if (skip) yield { subject, skip }
      else {
        const figures = figuresOf(account, week, previousOf(partnerId))
        yield { subject, currency: account.currency, figures, rows: rowsOfPartner.get(partnerId) ?? [] }
      }
    }
  }
}

/** Partners of the solution program; one that was asked for by name is answered for in any case. */
const isSubject =
  ({ partners }: ReportContext) =>
  ({ programs }: PartnerSubject): boolean =>
    partners !== undefined || programs.includes('solution')

/** The period, and the fourteen days of the account's calendar after it. */
const weekSpans = (period: Period): WeekSpans => ({
  period,
  soon: {
    from: period.to,
    to: startOfDate(datesOfKey(period.key).after.add({ days: DAYS_AHEAD }), placeOf(period)),
  },
})

async function listRows(
  { db, account, period, asOf }: ReportContext,
  chunk: readonly Pick<PartnerSubject, 'partnerId'>[],
  weekOf: (partnerId: string) => Week,
): Promise<Map<string, ResellerLicense[]>> {
  const partners = chunk.map(({ partnerId }) => partnerId).filter((id) => licensesOf(weekOf(id)) > 0)
  const rows = new Map<string, ResellerLicense[]>(partners.map((id) => [id, []]))
  if (partners.length === 0) return rows
  const licenses = await listWeekLicenses(db, account, { ...weekSpans(period), asOf }, { partners })
  for (const license of licenses) rows.get(license.partner_id)?.push(licenseRow(account, license))
  return rows
}
