import { z } from 'zod'
import { balanceOf } from '../../../../db/queries/balance.ts'
import type { CommissionTotal } from '../../../../db/queries/commissions.ts'
import { addUp, type Earnings, findEarnings } from '../../../../db/queries/data/earnings.ts'
import { decimal } from '../../../../db/values/money.ts'
import { choice, PRODUCTS, PROGRAMS } from '../../shared/schemas.ts'
import { type Endpoint, type OnePartner, partnerEndpoint } from '../endpoint.ts'
import { bucketsOverRange, numberOverRange } from '../families.ts'
import { filters } from '../filters.ts'
import { money, moneyNumber, string } from '../shapes.ts'

const commission = () => z.object({ commission_total: money(), commission_last_30_days: money() })
const saved = () => z.object({ discount: money(), ...commission().shape })

/** Where the partner stands with its money, and its commission over time. */
export const moneyEndpoints: readonly Endpoint[] = [
  partnerEndpoint({
    id: 'text-get-earnings',
    path: '/v2/partners/earnings',
    summary: 'Money position: commission, balance, held and pending sums, split by program and product.',
    answer: z.object({
      balance: money(),
      blocked: money(),
      ...commission().shape,
      withdrawals: money(),
      pending: money(),
      affiliate: z.object({
        ...commission().shape,
        livechat: commission(),
        chatbot: commission(),
        partner_program: commission(),
      }),
      solution: z.object({ ...commission().shape, livechat: saved(), chatbot: saved() }),
    }),
    handle: async ({ scope }) => earningsAnswer(scope, await findEarnings(scope, thirtyDaysUntil(scope.now))),
  }),
  partnerEndpoint({
    id: 'text-get-balance',
    path: '/v2/partners/balance',
    summary: 'Pending, withdrawn, available and total money.',
    answer: z.object({ pending: money(), withdrawn: money(), available: money(), total: string() }),
    handle: async ({ scope: { db, account, now, partnerId } }) => {
      const { pending, withdrawn, available, total } = await balanceOf(db, account, now, partnerId)
      const { currency } = account
      return {
        pending: moneyNumber(pending, currency),
        withdrawn: moneyNumber(withdrawn, currency),
        available: moneyNumber(available, currency),
        total: decimal(total, currency),
      }
    },
  }),
  numberOverRange({
    id: 'text-get-commission-metric',
    path: '/v2/partners/metrics/commission',
    summary: 'Commission over a range, one number.',
    measure: 'commission',
    query: { product: choice(PRODUCTS).default('all'), program: choice(PROGRAMS).default('all') },
  }),
  bucketsOverRange({
    id: 'text-get-commission-report',
    path: '/v2/partners/reports/commission',
    summary: 'Commission per day, week or month.',
    measure: 'commission',
    query: { filters: filters({ program: ['equals'], product: ['equals'] }).optional() },
  }),
  bucketsOverRange({
    id: 'text-get-partners-referred-earnings-report',
    path: '/v2/partners/partners-referred/reports/commission',
    summary: 'Commission from referred partners per day, week or month.',
    measure: 'referral',
    query: { product: choice(PRODUCTS).default('all'), program: choice(PROGRAMS).default('all') },
  }),
  numberOverRange({
    id: 'text-get-referred-partners-commission-metrics',
    path: '/v2/partners/partners-referred/metrics/commission',
    summary: 'Commission from referred partners, one number.',
    measure: 'referral',
    query: {
      product: choice(['livechat', 'chatbot', 'partner_program', 'all']).default('all'),
      program: choice(PROGRAMS).default('all'),
    },
  }),
]

/** The first instant of thirty days (UTC) that end today, today included. */
function thirtyDaysUntil(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() - 29))
}

function earningsAnswer({ account: { currency } }: OnePartner, { balance, ever, recent }: Earnings) {
  const amount = (minor: bigint) => moneyNumber(minor, currency)
  const of = (part: { program?: string; product?: string } = {}) => ({
    commission_total: amount(addUp(ever, part).commission),
    commission_last_30_days: amount(addUp(recent, part).commission),
  })
  const affiliate = (product: string) => of({ program: 'affiliate', product })
  const solution = (product: string) => ({
    discount: amount(discountOf(ever, product)),
    ...of({ program: 'solution', product }),
  })
  return {
    balance: amount(balance.available),
    blocked: amount(balance.blocked),
    ...of(),
    withdrawals: amount(balance.withdrawn),
    pending: amount(balance.pending),
    affiliate: {
      ...of({ program: 'affiliate' }),
      livechat: affiliate('livechat'),
      chatbot: affiliate('chatbot'),
      partner_program: affiliate('partner_program'),
    },
    solution: { ...of({ program: 'solution' }), livechat: solution('livechat'), chatbot: solution('chatbot') },
  }
}

const discountOf = (totals: readonly CommissionTotal[], product: string): bigint =>
  addUp(totals, { program: 'solution', product }).discount
