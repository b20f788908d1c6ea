import { DAY_MS } from '../../db/values/durations.ts'
import { isoInstant } from '../../jobs/calendar/period.ts'
import { type License, resold } from './licenses.ts'
import { isActive, type Member } from './members.ts'
import type { Fact, World } from './world.ts'

/** A commission line before it is written; money in minor units, refunds negative. */
export interface Line {
  readonly partnerId: string
  readonly kind: 'commission' | 'referral' | 'refund' | 'adjustment' | 'discount'
  readonly program: 'affiliate' | 'solution'
  readonly product: string
  readonly license?: License
  readonly referredPartnerId?: string
  readonly amount: number
  readonly earnedAt: Date
}

/** What a partner's paying licences brought, with a refund now and then, and what a reseller saved. */
export function linesOf(world: World, member: Member, licenses: readonly License[]): Line[] {
  const random = world.random(`lines/${member.id}`)
  const lines: Line[] = []
  for (const license of licenses) {
    for (const { earnedAt, price } of payments(world, member, license)) {
      const { partnerId, program, product, commissionPercent, discountPercent } = license
      const line = { partnerId, program, product, license, earnedAt }
      const amount = Math.round((price * commissionPercent) / 100)
      lines.push({ ...line, kind: 'commission', amount })
      if (discountPercent)
        lines.push({ ...line, kind: 'discount', amount: Math.round((price * discountPercent) / 100) })
      const refundedAt = new Date(earnedAt.getTime() + random.int(1, 12) * DAY_MS)
      if (random.chance(0.05) && isActive(member, refundedAt))
        lines.push({ ...line, kind: 'refund', amount: -amount, earnedAt: refundedAt })
    }
  }
  const bonus = member.active[random.int(0, member.active.length - 1)]
  if (bonus && random.chance(0.2))
    lines.push(adjustment(member, random.int(-2000, 5000), random.instant(bonus.from, bonus.to)))
  return lines
}

/** A licence is paid for when it converts and then each month or year, until it expires, in its partner's active months. */
function payments(world: World, member: Member, license: License): { earnedAt: Date; price: number }[] {
  const months = license.cycle === 'annual' ? 12 : 1
  const price = world.account.prices[license.plan] * license.seats * (months === 12 ? 10 : 1)
  const until = license.expiresAt && license.expiresAt < world.end ? license.expiresAt : world.end
  const paid: { earnedAt: Date; price: number }[] = []
  if (!license.convertedAt) return paid
  for (let at = license.convertedAt; at < until; at = new Date(at.getTime() + months * 30 * DAY_MS)) {
    if (isActive(member, at)) paid.push({ earnedAt: at, price })
  }
  return paid
}

const adjustment = (member: Member, amount: number, earnedAt: Date): Line => ({
  partnerId: member.id,
  kind: 'adjustment',
  program: member.programs.includes('affiliate') ? 'affiliate' : 'solution',
  product: 'livechat',
  amount,
  earnedAt,
})

/** The twentieth part of what a referred partner earned in a month goes to who referred them. */
export function referralLines(member: Member, lines: readonly Line[]): Line[] {
  const { referredBy } = member
  if (!referredBy) return []
  return member.active.flatMap(({ from, to }) => {
    const earned = lines.filter(({ kind, earnedAt }) => kind === 'commission' && from <= earnedAt && earnedAt < to)
    const amount = Math.round(earned.reduce((sum, line) => sum + line.amount, 0) / 20)
    const earnedAt = new Date(to.getTime() - DAY_MS)
    const line = { kind: 'referral', program: 'affiliate', product: 'partner_program', amount, earnedAt } as const
    return amount > 0 ? [{ ...line, partnerId: referredBy, referredPartnerId: member.id }] : []
  })
}

export function commissionFacts(world: World, lines: readonly Line[]): Fact[] {
  return lines.map((line, n) => ({
    commission_id: `c-${String(n + 1).padStart(6, '0')}`,
    partner_id: line.partnerId,
    kind: line.kind,
    program: line.program,
    product: line.product,
    license_id: line.license?.id ?? null,
    campaign_id: line.license?.campaign?.id ?? null,
    referred_partner_id: line.referredPartnerId ?? null,
    amount: world.money(line.amount),
    currency: world.account.currency,
    earned_at: isoInstant(line.earnedAt),
    blocked: n % 211 === 210,
  }))
}

/** The invoices of the licences that a reseller pays for. */
export function licenseInvoiceFacts(world: World, member: Member, licenses: readonly License[]): Fact[] {
  return resold(licenses).flatMap((license) =>
    payments(world, member, license).map(({ earnedAt, price }, n) => ({
      license_id: license.id,
      invoice_no: n + 1,
      date: isoInstant(earnedAt),
      plan: license.plan,
      seats: license.seats,
      billing_cycle: license.cycle,
      amount: world.money(price),
      status: 'paid',
    })),
  )
}
