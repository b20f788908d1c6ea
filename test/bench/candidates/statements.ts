import { createHash } from 'node:crypto'
import { addDecimals } from '../../../templates/decimal.ts'
import type { MonthlySummary } from '../../../templates/monthly-summary/view.ts'
import type { Dress } from '../../../templates/statement.ts'
import { commissionLines, monthlySummary } from '../../templates/pdf/samples.ts'

/** The statement that is measured: two pages, a chart, a table of thirty rows. No two are alike where partners differ. */
export function benchStatement(number: number): MonthlySummary {
  const rows = commissionLines(30).map((line, i) => ({
    ...line,
    commission_id: `c-${number * 1000 + i}`,
    license_id: `lic-${number * 777 + i}`,
    amount: (((number * 7919 + i * 104_729) % 100_000) / 100).toFixed(2),
  }))
  const sample = monthlySummary({ name: `Partner ${number} Łódź Ωmega`, rows })
  const { figures } = sample
  return {
    ...sample,
    subject: { kind: 'partner', partner_id: `p-${number}`, name: `Partner ${number} Łódź Ωmega` },
    figures: {
      ...figures,
      commission: { ...figures.commission, lifetime: addDecimals([figures.commission.lifetime, `${number}.25`]) },
      commission_by_month: figures.commission_by_month.map(({ month, total }, i) => ({
        month,
        total: addDecimals([total, `${(number * 31 + i * 17) % 400}.50`]),
      })),
    },
  }
}

export const benchDress = (number: number): Dress => ({
  sha256: createHash('sha256').update(String(number)).digest('hex'),
  locale: 'en-US',
})
