import { addDays } from './calendar.ts'
import { Dice, times } from './dice.ts'
import type { Fact, Facts, Shape } from './facts.ts'
import { entry, licensesOf, tied, withdrawal } from './program/money.ts'
import { NAMES, PARTNERS, PRODUCTS } from './program/names.ts'
import { deal, lead } from './program/sales.ts'
import { again, credit, elsewhere, invoice, organizationsOf, usage } from './program/usage.ts'

/** A program of one account with everything an import knows, the same for the same shape. */
export function program(shape: Shape): Facts {
  const dice = new Dice(shape)
  const licenses = PARTNERS.slice(0, 9).flatMap((partner, n) => licensesOf(partner, n, dice))
  const organizations = PARTNERS.slice(0, 6).flatMap((partner) => organizationsOf(partner, dice))
  const events = times(260, (n) => usage(n, organizations, dice))
  return {
    accounts: [account(shape)],
    partners: PARTNERS.map((partner, n) => member(partner, n, dice)),
    billing_details: PARTNERS.slice(0, 7).map((partner) => billing(partner)),
    coupons: [{ coupon_id: '1', partner_id: 'p1', label: 'Ten off', active: 'true' }],
    campaigns: PARTNERS.slice(0, 4).flatMap((partner, n) => campaignsOf(partner, n, dice)),
    clicks: times(160, () => ({
      campaign_id: dice.campaign(dice.of(4)),
      occurred_at: dice.instant(),
      clicks: dice.pick(['', '1', '3', '12']),
    })),
    licenses,
    commissions: [...times(330, (n) => entry(n, licenses, dice)), ...tied(dice)],
    withdrawals: times(40, (n) => withdrawal(n, dice)),
    leads: times(120, (n) => lead(n, dice)),
    agents: [1, 2, 3].map((id) => ({ agent_id: `${id}`, name: `Agent ${id}`, email: `a${id}@own.example` })),
    funnels: [1, 2].map((id) => ({ funnel_id: `${id}`, name: `Funnel ${id}` })),
    stages: [1, 2].flatMap((funnel) =>
      [1, 2, 3].map((id) => ({
        funnel_id: `${funnel}`,
        stage_id: `${id}`,
        name: `Stage ${id}`,
        position: `${4 - id}`,
      })),
    ),
    deals: times(150, (n) => deal(n, dice)),
    organizations,
    usage_events: [
      ...events,
      ...events.slice(0, 90).map(again),
      ...events.slice(60, 120).map((event) => elsewhere(event, organizations, dice)),
    ],
    credit_entries: times(60, (n) => credit(n, organizations, dice)),
    usage_invoices: times(40, (n) => invoice(n, organizations, dice)),
    fx_rates: rates(shape),
  }
}

function account(shape: Shape): Fact {
  return {
    account_id: `${shape.account}`,
    name: `Program ${shape.account}`,
    timezone: shape.zone,
    currency: shape.currency,
    locale: 'en-US',
    withdrawal_minimum: shape.minimum,
    hold_days: `${shape.holdDays}`,
    reply_to: `own${shape.account}@own.example`,
  }
}

function member(partner: string, n: number, dice: Dice): Fact {
  return {
    partner_id: partner,
    name: `${NAMES[n]}`,
    email: `${partner}-a${dice.shape.account}@mail.example`,
    type: ['referral', 'reseller', 'distributor'][n % 3] as string,
    programs: ['affiliate|solution', 'affiliate', 'solution', 'affiliate|solution|expert', ''][n % 5] as string,
    category: n % 2 ? 'agency' : '',
    tier: n % 3 ? 'gold' : 'silver',
    stage: n < 5 ? 'active' : '',
    country: 'PL',
    referred_by: n > 4 && n < 9 ? `p${(n % 2) + 1}` : '',
    blocked: n === 4 ? 'true' : '',
    created_at: dice.instant(),
    send_monthly_summary: n === 3 ? 'false' : 'true',
    send_reseller_weekly_summary: n === 5 ? 'false' : '',
  }
}

function billing(partner: string): Fact {
  return {
    partner_id: partner,
    type: 'business',
    company: 'Co',
    address: 'Street 1',
    city: 'Town',
    country: 'PL',
    paypal: `${partner}@pay.example`,
  }
}

function campaignsOf(partner: string, n: number, dice: Dice): Fact[] {
  return times(6, (k) => ({
    campaign_id: `${n * 10 + k + 1}`,
    partner_id: partner,
    product: PRODUCTS[k % 4] as string,
    name: `Campaign ${'BADCFE'[k]}`,
    slug: `pp_${partner}-${k}`,
    link: 'https://own.example/x',
    active: k === 5 ? 'false' : 'true',
    is_default: k === 0 ? 'true' : '',
    created_at: dice.instant(),
  }))
}

function rates(shape: Shape): Fact[] {
  const rows: Fact[] = []
  for (let date = addDays(shape.start, -5), n = 0; date < addDays(shape.end, 400); date = addDays(date, 1), n++)
    if (n % 7 < 5) rows.push({ currency: 'EUR', date, rate: `1.${String((n * 7919) % 9973).padStart(4, '0')}` })
  return rows
}
