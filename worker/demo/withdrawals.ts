import { DAY_MS } from '../../db/values/durations.ts'
import { isoInstant } from '../../jobs/calendar/period.ts'
import type { Line } from './commissions.ts'
import { hasBilling, type Member } from './members.ts'
import type { Fact, World } from './world.ts'

/** Some months a partner takes out what is free by then; few are turned down, some of the last month still wait. */
export function withdrawalFacts(world: World, member: Member, lines: readonly Line[], firstId: number): Fact[] {
  const random = world.random(`withdrawals/${member.id}`)
  const facts: Fact[] = []
  let taken = 0
  if (member.id === world.account.blocked || !hasBilling(world, member)) return facts
  for (const month of member.active) {
    const requestedAt = random.instant(month.from, month.to)
    const amount = free(world, member, lines, requestedAt) - taken
    if (amount < world.account.minimum || !random.chance(0.35)) continue
    const actedAt = new Date(requestedAt.getTime() + random.int(3, 24) * DAY_MS)
    const status = actedAt >= world.end ? 'pending' : random.chance(0.06) ? 'rejected' : 'paid'
    if (status !== 'rejected') taken += amount
    facts.push({
      withdrawal_id: firstId + facts.length,
      partner_id: member.id,
      amount: world.money(amount),
      currency: world.account.currency,
      status,
      requested_at: isoInstant(requestedAt),
      acted_at: status === 'pending' ? null : isoInstant(actedAt),
      invoice_id: `${month.key}/${member.id}`,
      paypal: `paypal@${member.id}.example`,
    })
  }
  return facts
}

/** What has been on hold for long enough by then; a refund counts at once. */
function free({ account }: World, member: Member, lines: readonly Line[], at: Date): number {
  const held = at.getTime() - account.holdDays * DAY_MS
  return lines
    .filter(({ partnerId, kind, license }) => partnerId === member.id && kind !== 'discount' && !license?.blocked)
    .filter(({ amount, earnedAt }) => earnedAt.getTime() <= (amount < 0 ? at.getTime() : held))
    .reduce((sum, { amount }) => sum + amount, 0)
}
