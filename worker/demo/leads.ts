import { DAY_MS } from '../../db/values/durations.ts'
import { isoInstant } from '../../jobs/calendar/period.ts'
import type { Member } from './members.ts'
import type { Random } from './random.ts'
import type { Fact, World } from './world.ts'

const COMPANIES = [
  'Stark Logistics',
  'Oak & Ash',
  'Zielona Chata',
  'Κήπος',
  'Север',
  'Wayne Retail',
  '晨光',
  'Umbrella Cafés',
] as const

/** Companies that partners and we sent to each other; the older ones are settled one way or the other. */
export function leadFacts(world: World, member: Member): { leads: Fact[]; lead_events: Fact[] } {
  const random = world.random(`leads/${member.id}`)
  const leads: Fact[] = []
  const events: Fact[] = []
  for (const { from, to } of member.active) {
    for (let n = random.int(0, member.type === 'referral' ? 1 : member.weight); n > 0; n--) {
      const id = `lead-${member.index}-${leads.length + 1}`
      const createdAt = random.instant(from, to)
      const outcome = settled(world, random, createdAt)
      leads.push(lead(world, member, random, id, createdAt, outcome))
      events.push({ lead_id: id, name: 'lead_was_created', created_at: isoInstant(createdAt) })
      if (outcome.at)
        events.push({ lead_id: id, name: `lead_was_${outcome.status}`, created_at: isoInstant(outcome.at) })
    }
  }
  return { leads, lead_events: events }
}

interface Outcome {
  readonly status: 'pending' | 'converted' | 'rejected'
  readonly at: Date | null
}

function settled({ end }: World, random: Random, createdAt: Date): Outcome {
  const at = new Date(createdAt.getTime() + random.int(2, 60) * DAY_MS)
  const status = random.pick<Outcome['status']>(['converted', 'rejected', 'rejected', 'pending'])
  return status === 'pending' || at >= end ? { status: 'pending', at: null } : { status, at }
}

function lead(
  world: World,
  member: Member,
  random: Random,
  id: string,
  createdAt: Date,
  { status, at }: Outcome,
): Fact {
  return {
    lead_id: id,
    partner_id: member.id,
    direction: random.chance(0.6) ? 'received' : 'sent',
    status,
    company_name: random.pick(COMPANIES),
    contact_email: `buyer@${id}.example`,
    created_at: isoInstant(createdAt),
    closed_at: at && isoInstant(at),
    external_lead_id: `x-${id}`,
    fee_amount: status === 'converted' ? world.money(random.int(10, 90) * 100) : null,
    domain: `www.${id}.example`,
    first_name: random.pick(['Ada', 'Bartosz', 'Chloé', 'Дарья', '惠子']),
    last_name: random.pick(['Byron', 'Wójcik', 'Martin', 'Орлова', '田中']),
    region: member.country,
    job_title: random.pick(['CTO', 'Head of Support', 'Owner']),
    updated_at: isoInstant(at ?? createdAt),
  }
}
