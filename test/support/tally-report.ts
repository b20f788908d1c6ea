import { defineReport, type ReportDefinition } from '../../jobs/report.ts'
import { skipOf, withRestatedPartners } from '../../jobs/restating.ts'

interface TallyFigures {
  readonly total: string
  readonly lines: number
}

/** The smallest whole report: each partner's sum, one file, one mail. What a run does with a report is seen best on it. */
export const tally = defineReport<TallyFigures, { commission_id: string; amount: string }>({
  name: 'tally',
  title: 'Tally',
  audience: 'partner',
  optOut: 'send_monthly_summary',
  labels: [],
  schedule: { cron: '0 6 1 * *', period: 'month' },
  async *statements(context) {
    const { db, account, period, partners } = context
    const subjects = await db
      .selectFrom('partners')
      .select(['partner_id as partnerId', 'name'])
      .where('account_id', '=', account.accountId)
      .$if(partners !== undefined, (query) => query.where('partner_id', 'in', partners as string[]))
      .orderBy('partner_id')
      .execute()
    for (const { partnerId: partner_id, name } of withRestatedPartners(context, subjects)) {
      const subject = { kind: 'partner', partner_id, name } as const
      const lines = await db
        .selectFrom('commissions')
        .select(['commission_id', 'amount'])
        .where('account_id', '=', account.accountId)
        .where('partner_id', '=', partner_id)
        .where('earned_at', '>=', period.from)
        .where('earned_at', '<', period.to)
        .orderBy('commission_id')
        .execute()
      const skip = skipOf(context, subject, { hasActivity: lines.length > 0 })
      if (skip) yield { subject, skip }
      else {
        const total = lines.reduce((sum, line) => sum + BigInt(line.amount), 0n).toString()
        yield { subject, currency: account.currency, figures: { total, lines: lines.length }, rows: lines }
      }
    }
  },
  template: {
    csv: (statement) => [
      { suffix: '', rows: statement.figures.lines, bytes: Buffer.from(`total\r\n${statement.figures.total}\r\n`) },
    ],
    mail: async (statement, { files }) => {
      const text = `${statement.figures.total}; ${files.map((file) => file.name).join()}`
      return { subject: `Tally ${statement.period.key}`, text, html: `<p>${text}</p>` }
    },
  },
}) as unknown as ReportDefinition
