import { startOfDay } from '../calendar.ts'
import { type Dice, times } from '../dice.ts'
import type { Fact } from '../facts.ts'
import { PRODUCTS } from './names.ts'

export function licensesOf(partner: string, n: number, dice: Dice): Fact[] {
  return times(14, (k) => {
    const created = dice.at()
    const affiliate = dice.of(2) === 0
    const later = (share: number) => (dice.of(100) < share ? dice.text(dice.after(created)) : '')
    return {
      license_id: `${partner}-L${k}`,
      partner_id: partner,
      program: affiliate ? 'affiliate' : 'solution',
      product: dice.pick(PRODUCTS.slice(0, 3)),
      campaign_id: affiliate && n < 4 && dice.of(3) ? dice.campaign(n) : '',
      client_name: `Client ${k}`,
      client_email: `c${k}@${partner}.example`,
      purchase_order: k === 1 ? '=1+1' : '',
      payment_origin: dice.pick(['client', 'partner', '']),
      billing_cycle: dice.pick(['monthly', 'annual', '']),
      seats: '5',
      created_at: dice.text(created),
      qualified_at: later(40),
      cc_added_at: later(40),
      converted_at: later(60),
      expires_at: later(60),
      commission_percent: '20',
      discount_percent: '7.5',
      blocked: k % 5 === 2 ? 'true' : '',
    }
  })
}

export function entry(n: number, licenses: readonly Fact[], dice: Dice): Fact {
  const owner = dice.of(9)
  const kind = dice.pick(['commission', 'commission', 'commission', 'referral', 'refund', 'adjustment', 'discount'])
  const referral = kind === 'referral' && owner < 2
  // A referral's licence is the referred partner's, and so is whether it is blocked.
  const license = dice.of(2) ? licenses[(referral ? 6 : owner) * 14 + dice.of(14)] : undefined
  const earned = dice.at()
  const sign = kind === 'refund' || (kind === 'adjustment' && dice.of(2)) ? '-' : ''
  const foreign = dice.of(3) === 0
  return {
    commission_id: `c${n}`,
    partner_id: `p${owner + 1}`,
    kind,
    program: license?.program ?? dice.pick(['affiliate', 'solution']),
    product: license?.product ?? dice.pick(PRODUCTS),
    license_id: license?.license_id ?? '',
    campaign_id: referral ? dice.campaign(owner) : (license?.campaign_id ?? ''),
    referred_partner_id: referral ? 'p7' : '',
    amount: sign + dice.money(foreign, 20000),
    currency: foreign ? 'EUR' : '',
    earned_at: dice.text(earned),
    available_at: dice.of(3) ? '' : dice.text(dice.after(earned)),
    blocked: dice.of(12) ? '' : 'true',
  }
}

/** Two campaigns of the same earnings at the first border, to be told apart by name. */
export const tied = (dice: Dice): Fact[] =>
  [1, 2, 3].map((campaign) => ({
    commission_id: `t${campaign}`,
    partner_id: 'p1',
    kind: 'commission',
    program: 'affiliate',
    product: 'livechat',
    campaign_id: `${campaign}`,
    amount: '5000',
    earned_at: dice.text(startOfDay(dice.shape.zone, dice.shape.borders[0] as string)),
  }))

export function withdrawal(n: number, dice: Dice): Fact {
  const asked = dice.at()
  const status = dice.pick(['paid', 'paid', 'rejected', 'pending'])
  const foreign = dice.of(3) === 0
  return {
    withdrawal_id: `${n + 1}`,
    partner_id: `p${dice.of(9) + 1}`,
    amount: dice.money(foreign, 15000),
    currency: foreign ? 'EUR' : '',
    status,
    requested_at: dice.text(asked),
    acted_at: status === 'pending' ? '' : dice.text(dice.after(asked)),
  }
}
