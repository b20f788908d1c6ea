import type { Account } from '../../db/access/accounts.ts'
import type { Week, WeekLicense } from '../../db/queries/reseller-weekly.ts'
import { changePercent, decimal } from '../../db/values/money.ts'
import type { ResellerLicense, ResellerWeeklyFigures, WeekFigures } from '../../templates/reseller-weekly/view.ts'

/** What is sealed of a solution partner's week, beside the week before. */
export function figuresOf(account: Account, week: Week, previous: Week): ResellerWeeklyFigures {
  const change = (figure: keyof Week) => changePercent(BigInt(week[figure]), BigInt(previous[figure]))
  return {
    ...weekFigures(account, week),
    previous: weekFigures(account, previous),
    change_percent: {
      created: change('created'),
      converted: change('converted'),
      expired: change('expired'),
      expiring_soon: change('expiringSoon'),
      commission: change('commission'),
      discount: change('discount'),
    },
  }
}

const weekFigures = (account: Account, week: Week): WeekFigures => ({
  created: week.created,
  converted: week.converted,
  expired: week.expired,
  expiring_soon: week.expiringSoon,
  commission: decimal(week.commission, account.currency),
  discount: decimal(week.discount, account.currency),
})

/** A licence as its CSV cells read. */
export const licenseRow = (account: Account, license: WeekLicense): ResellerLicense => ({
  license_id: license.license_id,
  managed_by: license.payment_origin ?? '',
  status: license.status,
  client_name: license.client_name ?? '',
  client_email: license.client_email ?? '',
  client_identifier: license.purchase_order ?? '',
  created: license.created,
  product: license.product,
  credit_card: license.has_card ? 'yes' : 'no',
  card_problem: '',
  commission_level: license.commission_level,
  discount_level: license.discount_level,
  total_earnings: decimal(BigInt(license.earnings), account.currency),
  total_savings: decimal(BigInt(license.savings), account.currency),
})

/** At most so many licences are listed: one that was created and converted in the week counts twice here. */
export const licensesOf = (week: Week): number => week.created + week.converted + week.expired + week.expiringSoon

export const hasActivity = (week: Week): boolean => licensesOf(week) + week.entries > 0
