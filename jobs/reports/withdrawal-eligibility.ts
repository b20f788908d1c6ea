import type { Account } from '../../db/access/accounts.ts'
import type { Balance } from '../../db/queries/balance.ts'
import { type PayoutStanding, payoutStandings } from '../../db/queries/withdrawal-eligibility.ts'
import { decimal } from '../../db/values/money.ts'
import { withdrawalEligibility as template } from '../../templates/withdrawal-eligibility/index.ts'
import type {
  EligibilityRow,
  Reason,
  WithdrawalEligibilityFigures,
} from '../../templates/withdrawal-eligibility/view.ts'
import { localDate, placeOf } from '../calendar/period.ts'
import { defineReport, type Outcome, type ReportContext } from '../report.ts'

/** Who of an account's partners can be paid out, as of the run's instant, and every reason why not (docs/definitions.md, Figures). */
export const withdrawalEligibility = defineReport<WithdrawalEligibilityFigures, EligibilityRow>({
  name: 'withdrawal-eligibility',
  title: 'Withdrawal eligibility',
  audience: 'account',
  schedule: { cron: '0 7 * * 1', period: 'week' },
  labels: ['rows[].name'],
  statements,
  template,
})

async function* statements({
  db,
  account,
  asOf,
}: ReportContext): AsyncGenerator<Outcome<WithdrawalEligibilityFigures, EligibilityRow>> {
  const standings = await payoutStandings(db, account, asOf)
  yield {
    subject: { kind: 'account', name: account.name },
    currency: account.currency,
    figures: figuresOf(account, standings),
    rows: standings.map((standing) => rowOf(account, standing)),
  }
}

function figuresOf(account: Account, standings: readonly PayoutStanding[]): WithdrawalEligibilityFigures {
  const eligible = standings.filter((standing) => reasonsOf(account, standing).length === 0)
  const money = (some: readonly PayoutStanding[], part: keyof Balance) =>
    decimal(
      some.reduce((sum, { balance }) => sum + balance[part], 0n),
      account.currency,
    )
  return {
    partners: standings.length,
    eligible: eligible.length,
    eligible_amount: money(eligible, 'available'),
    total: money(standings, 'total'),
    withdrawn: money(standings, 'withdrawn'),
    blocked: money(standings, 'blocked'),
    pending: money(standings, 'pending'),
    available: money(standings, 'available'),
  }
}

function rowOf(account: Account, standing: PayoutStanding): EligibilityRow {
  const { balance, heldUntil, paypal, withdrawalSince } = standing
  const money = (amount: bigint) => decimal(amount, account.currency)
  const reasons = reasonsOf(account, standing)
  const eligible = reasons.length === 0
  return {
    partner_id: standing.partnerId,
    name: standing.name,
    currency: account.currency,
    total: money(balance.total),
    withdrawn: money(balance.withdrawn),
    blocked: money(balance.blocked),
    pending: money(balance.pending),
    available: money(balance.available),
    eligible,
    reasons,
    on_hold_until: heldUntil ? localDate(heldUntil, placeOf(account)) : null,
    ...(eligible && paypal !== undefined && (withdrawalSince ? { withdrawal_since: true as const } : { paypal })),
  }
}

/** Every reason why a partner cannot be paid out; none where it can. */
function reasonsOf(account: Pick<Account, 'withdrawalMinimum'>, standing: Omit<PayoutStanding, 'name'>): Reason[] {
  const { available } = standing.balance
  const held: readonly (readonly [Reason, boolean])[] = [
    ['below_minimum', available < account.withdrawalMinimum],
    ['billing_missing', standing.paypal === undefined],
    ['partner_blocked', standing.partnerBlocked],
    ['withdrawal_pending', standing.withdrawalOpen],
    ['on_hold_until', standing.heldUntil !== undefined],
    ['negative_balance', available < 0n],
  ]
  return held.filter(([, holds]) => holds).map(([reason]) => reason)
}
