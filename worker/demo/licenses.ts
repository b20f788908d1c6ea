import { DAY_MS } from '../../db/values/durations.ts'
import { isoInstant } from '../../jobs/calendar/period.ts'
import { type Campaign, PRODUCTS, type Product } from './campaigns.ts'
import type { Member } from './members.ts'
import type { Random } from './random.ts'
import { type Fact, PLANS, type Plan, type World } from './world.ts'

export interface License {
  readonly id: string
  readonly partnerId: string
  readonly program: 'affiliate' | 'solution'
  readonly product: Product
  readonly campaign: Campaign | null
  readonly client: string
  readonly plan: Plan
  readonly cycle: 'monthly' | 'annual'
  readonly seats: number
  readonly createdAt: Date
  readonly convertedAt: Date | null
  readonly expiresAt: Date | null
  readonly commissionPercent: number
  readonly discountPercent: number
  readonly blocked: boolean
}

const CLIENTS = [
  'Acme',
  'Globex',
  'Initech',
  'Żubr Browar',
  'Müller & Söhne',
  'Café 24',
  'Ξενία',
  'Лотос',
  'さくら商店',
  'Vandelay',
] as const

/** The trials that a partner brought, by their campaigns or as a reseller, and what became of them. */
export function licensesOf(world: World, member: Member, campaigns: readonly Campaign[]): License[] {
  const random = world.random(`licenses/${member.id}`)
  const licenses: License[] = []
  for (const month of member.active) {
    for (const program of member.programs) {
      if (program === 'expert') continue
      for (let n = random.int(0, member.weight); n > 0; n--) {
        licenses.push(
          license(world, member, program, random.instant(month.from, month.to), campaigns, licenses.length, random),
        )
      }
    }
  }
  return licenses
}

function license(
  world: World,
  member: Member,
  program: License['program'],
  createdAt: Date,
  campaigns: readonly Campaign[],
  n: number,
  random: Random,
): License {
  const [first, ...others] = campaigns
  const campaign = program === 'affiliate' && first ? random.pick([first, ...others]) : null
  const convertedAt = random.chance(0.45) ? happened(world, createdAt, random.int(3, 28)) : null
  return {
    id: String(1_000_000 + member.index * 1000 + n),
    partnerId: member.id,
    program,
    product: campaign?.product ?? random.pick(PRODUCTS),
    campaign,
    client: `${random.pick(CLIENTS)} ${member.index * 100 + n}`,
    plan: random.pick(PLANS),
    cycle: random.chance(0.3) ? 'annual' : 'monthly',
    seats: random.int(1, 6 * member.weight),
    createdAt,
    convertedAt,
    expiresAt: expiry(random, createdAt, convertedAt),
    commissionPercent: program === 'affiliate' ? 20 : 15,
    discountPercent: program === 'solution' ? 5 * random.int(0, 3) : 0,
    blocked: random.chance(0.01),
  }
}

/** A trial runs out; of those who paid, one in four left after some months. */
function expiry(random: Random, createdAt: Date, convertedAt: Date | null): Date | null {
  if (!convertedAt) return new Date(createdAt.getTime() + 30 * DAY_MS)
  return random.chance(0.25) ? new Date(convertedAt.getTime() + random.int(2, 12) * 30 * DAY_MS) : null
}

/** So many days later, if that is not after all we tell. */
function happened({ end }: World, from: Date, days: number): Date | null {
  const at = new Date(from.getTime() + days * DAY_MS)
  return at < end ? at : null
}

export function licenseFacts(world: World, licenses: readonly License[]): Fact[] {
  return licenses.map((one) => ({
    license_id: one.id,
    partner_id: one.partnerId,
    program: one.program,
    product: one.product,
    campaign_id: one.campaign?.id ?? null,
    client_name: one.client,
    client_email: `owner@client-${one.id}.example`,
    purchase_order: one.program === 'solution' ? `PO-${one.id}` : null,
    payment_origin: one.program === 'solution' && one.seats % 3 ? 'partner' : 'client',
    plan: one.plan,
    billing_cycle: one.cycle,
    seats: one.seats,
    data_center: one.seats % 2 ? 'dal' : 'fra',
    created_at: isoInstant(one.createdAt),
    qualified_at: instantOrNull(one.seats > 1 ? happened(world, one.createdAt, 2) : null),
    cc_added_at: instantOrNull(one.convertedAt && new Date(one.convertedAt.getTime() - DAY_MS)),
    converted_at: instantOrNull(one.convertedAt),
    expires_at: instantOrNull(one.expiresAt),
    commission_percent: one.commissionPercent,
    discount_percent: one.discountPercent,
    blocked: one.blocked,
    utm_source: one.campaign ? 'PP' : null,
    utm_campaign: one.campaign ? `pp_${one.campaign.id}` : null,
  }))
}

const instantOrNull = (at: Date | null) => at && isoInstant(at)

/** Of each licence that pays through its reseller: who works with it. */
export function operatorFacts(licenses: readonly License[]): Fact[] {
  return resold(licenses).flatMap(({ id, client }) => [
    { license_id: id, login: `owner@client-${id}.example`, name: `Owner of ${client}`, permission: 'owner' },
    { license_id: id, login: `agent@client-${id}.example`, name: `Agent of ${client}`, permission: 'agent' },
  ])
}

export const resold = (licenses: readonly License[]) =>
  licenses.filter(({ program, convertedAt }) => program === 'solution' && convertedAt)
