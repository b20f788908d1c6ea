import type { Dice } from '../dice.ts'
import type { Fact } from '../facts.ts'

export function lead(n: number, dice: Dice): Fact {
  const created = dice.at()
  const status = dice.pick(['pending', 'converted', 'rejected'])
  return {
    lead_id: `l${n}`,
    partner_id: `p${dice.of(8) + 1}`,
    direction: dice.pick(['received', 'sent']),
    status,
    company_name: `Lead ${n}`,
    created_at: dice.text(created),
    closed_at: status === 'pending' ? '' : dice.text(dice.after(created)),
  }
}

export function deal(n: number, dice: Dice): Fact {
  const created = dice.at()
  const status = dice.pick(['open', 'won', 'won', 'lost'])
  const foreign = dice.of(4) === 0
  return {
    deal_id: `d${n}`,
    funnel_id: `${dice.of(2) + 1}`,
    stage_id: `${dice.of(3) + 1}`,
    agent_id: dice.pick(['', '1', '2']),
    partner_id: dice.of(4) ? `p${dice.of(7) + 1}` : '',
    value: dice.money(foreign, 90000),
    currency: foreign ? 'EUR' : '',
    status,
    created_at: dice.text(created),
    closed_at: status === 'open' ? '' : dice.text(dice.after(created)),
  }
}
