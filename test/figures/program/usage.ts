import { addDays, localDate, startOfDay } from '../calendar.ts'
import type { Dice } from '../dice.ts'
import type { Fact } from '../facts.ts'

export function organizationsOf(partner: string, dice: Dice): Fact[] {
  return ['A', 'B', 'C', 'D'].map((name, n) => ({
    organization_id: `${partner}-${name}`,
    partner_id: partner,
    name: `Org ${name}`,
    status: ['active', 'active', 'suspended', 'closed'][n] as string,
    created_at: dice.text(startOfDay(dice.shape.zone, dice.shape.start)),
  }))
}

export function usage(n: number, organizations: readonly Fact[], dice: Dice): Fact {
  const occurred = dice.at()
  return {
    event_id: `e${n}`,
    organization_id: dice.pick(organizations.filter((_, k) => k % 4 !== 3)).organization_id as string,
    kind: dice.pick(['identification', 'lookup']),
    quantity: `${dice.of(30)}`,
    occurred_at: dice.text(occurred),
    received_at: dice.of(3) ? '' : dice.text(occurred + (BigInt(dice.of(5)) * 86_400_000_000n) / 2n),
  }
}

export function credit(n: number, organizations: readonly Fact[], dice: Dice): Fact {
  const organization = dice.pick(organizations.slice(0, 16))
  return {
    entry_id: `k${n}`,
    partner_id: organization.partner_id as string,
    organization_id: dice.of(4) ? (organization.organization_id as string) : '',
    amount: `${dice.of(2) ? '-' : ''}${dice.of(40)}`,
    occurred_at: dice.instant(),
  }
}

export function invoice(n: number, organizations: readonly Fact[], dice: Dice): Fact {
  const end = localDate(dice.shape.zone, dice.at())
  return {
    invoice_id: `i${n}`,
    organization_id: dice.pick(organizations.filter((_, k) => k % 4 !== 3)).organization_id as string,
    period_start: addDays(end, -27),
    period_end: end,
    quantity: `${dice.of(60)}`,
    amount: dice.amount(9000),
    issued_at: dice.instant(),
  }
}

/** The same event once more: every third time as it was, else with another quantity, which is a conflict. */
export const again = (event: Fact, n: number): Fact =>
  n % 3 ? { ...event, quantity: `${Number(event.quantity) + n}` } : event

/** An event of the same id at another organisation, often of another partner: another event. */
export function elsewhere(event: Fact, organizations: readonly Fact[], dice: Dice): Fact {
  const others = organizations.filter((one, k) => k % 4 !== 3 && one.organization_id !== event.organization_id)
  return { ...event, organization_id: dice.pick(others).organization_id as string, quantity: `${dice.of(30)}` }
}
