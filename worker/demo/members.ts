import { DAY_MS } from '../../db/values/durations.ts'
import { isoInstant, type Period } from '../../jobs/calendar/period.ts'
import type { Person } from './people.ts'
import { type Fact, MONTHS, type World } from './world.ts'

/** A person of the roster with what was made up about them. */
export interface Member extends Person {
  /** 1 is the first of the account; the member's integer ids start from it. */
  readonly index: number
  readonly programs: readonly ('affiliate' | 'solution' | 'expert')[]
  /** How busy, 1 to 4. */
  readonly weight: 1 | 2 | 3 | 4
  /** The months in which they did something. */
  readonly active: readonly Period[]
  readonly joinedAt: Date
  /** There from the first month on. */
  readonly founding: boolean
  readonly referredBy: string | null
}

/** Everybody of the account; who came later may have been referred by one who was there from the start. */
export function membersOf(world: World): Member[] {
  const members: Member[] = []
  for (const person of world.account.people) members.push(memberOf(world, person, members))
  return members
}

function memberOf(world: World, person: Person, earlier: readonly Member[]): Member {
  const random = world.random(`member/${person.id}`)
  const joined = random.chance(0.6) ? 0 : random.int(1, 9)
  const [first, ...others] = earlier.filter(({ founding, id }) => founding && id !== world.account.dormant)
  const referred = joined > 0 && first && random.chance(0.6)
  return {
    ...person,
    index: earlier.length + 1,
    programs: [...PROGRAMS[person.type], ...(random.chance(0.2) ? (['expert'] as const) : [])],
    weight: random.pick([1, 1, 2, 2, 3, 4]),
    active: activeMonths(world, person, joined, random.chance(0.3) ? random.int(1, MONTHS - 2) : undefined),
    founding: joined === 0,
    joinedAt: joinedAt(world, joined, random.int(10, 400)),
    referredBy: referred ? random.pick([first, ...others]).id : null,
  }
}

const PROGRAMS = {
  referral: ['affiliate'],
  reseller: ['affiliate', 'solution'],
  distributor: ['solution'],
} as const

function activeMonths({ account, months }: World, person: Person, joined: number, gap: number | undefined): Period[] {
  const left = person.id === account.dormant ? MONTHS - 3 : MONTHS
  return months.filter((_, i) => i >= joined && i < left && i !== gap && i !== account.quietMonth)
}

/** Who is there from the first month came before it; the others in the days before their first. */
function joinedAt({ months }: World, joined: number, days: number): Date {
  const month = months[joined] as Period
  return new Date(month.from.getTime() - (joined === 0 ? days : (days % 20) + 1) * DAY_MS)
}

export function partnerFacts(world: World, members: readonly Member[]): Fact[] {
  const { account } = world
  return members.map((member) => ({
    partner_id: member.id,
    name: member.name,
    email: member.id === account.withoutAddress ? '' : `billing@${member.id}.example`,
    type: member.type,
    programs: member.programs.join('|'),
    category: { referral: 'publisher', reseller: 'agency', distributor: 'distributor' }[member.type],
    tier: ['bronze', 'silver', 'gold', 'platinum'][member.weight - 1] ?? null,
    stage: member.id === account.dormant ? 'inactive' : 'active',
    locale: member.locale,
    country: member.country,
    referred_by: member.referredBy,
    blocked: member.id === account.blocked,
    created_at: isoInstant(member.joinedAt),
    send_monthly_summary: member.id !== account.optedOut,
    send_newsletter: world.random(`newsletter/${member.id}`).chance(0.8),
  }))
}

/** Most have told where to pay; those who have not cannot withdraw. */
export const hasBilling = (world: World, { id }: Member) => world.random(`billing/${id}`).chance(0.85)

export const isActive = ({ active }: Member, at: Date) => active.some(({ from, to }) => from <= at && at < to)

export function billingFacts(world: World, members: readonly Member[]): Fact[] {
  return members
    .filter((member) => hasBilling(world, member))
    .map((member) => ({
      partner_id: member.id,
      type: member.type === 'referral' ? 'individual' : 'business',
      company: member.name,
      address: `${member.index} Market Street`,
      city: 'Springfield',
      country: member.country,
      paypal: `paypal@${member.id}.example`,
      zip_code: String(10_000 + member.index * 37),
      vat: member.type === 'referral' ? null : `${member.country}${800_000_000 + member.index * 7919}`,
    }))
}
