import { isoInstant } from '../../jobs/calendar/period.ts'
import type { Member } from './members.ts'
import type { Fact, World } from './world.ts'

export const PRODUCTS = ['livechat', 'chatbot', 'helpdesk', 'knowledgebase'] as const
export type Product = (typeof PRODUCTS)[number]

export interface Campaign {
  readonly id: number
  readonly partnerId: string
  readonly product: Product
  readonly name: string
  readonly isDefault: boolean
}

const TITLES = [
  'Home page',
  'Newsletter',
  'Spring sale',
  'Webinar follow-up',
  'Comparison article',
  'YouTube review',
  'Podcast',
] as const

/** An affiliate's campaigns: the first is the default one. */
export function campaignsOf(world: World, member: Member): Campaign[] {
  if (!member.programs.includes('affiliate')) return []
  const random = world.random(`campaigns/${member.id}`)
  return Array.from({ length: 1 + member.weight }, (_, k) => ({
    id: member.index * 10 + k + 1,
    partnerId: member.id,
    product: k === 0 ? 'livechat' : random.pick(PRODUCTS),
    name: k === 0 ? 'Default' : random.pick(TITLES),
    isDefault: k === 0,
  }))
}

export function campaignFacts(member: Member, campaigns: readonly Campaign[]): Fact[] {
  return campaigns.map(({ id, product, name, isDefault }) => ({
    campaign_id: id,
    partner_id: member.id,
    product,
    name,
    slug: `pp_${name.toLowerCase().replaceAll(' ', '-')}-${id}`,
    link: `https://www.${product}.example/?a=${member.id}&utm_campaign=pp_${id}`,
    trial_duration: product === 'chatbot' ? 14 : 30,
    coupon_id: isDefault ? member.index : null,
    active: id % 7 !== 0,
    is_default: isDefault,
    created_at: isoInstant(member.joinedAt),
  }))
}

export function couponFacts(members: readonly Member[]): Fact[] {
  return members
    .filter(({ programs }) => programs.includes('affiliate'))
    .map(({ index, id, weight }) => ({
      coupon_id: index,
      partner_id: id,
      label: `${weight * 5} % off the first payment`,
      active: true,
    }))
}

/** Some days of each active month, the busier the partner the more. */
export function clickFacts(world: World, member: Member, campaigns: readonly Campaign[]): Fact[] {
  const random = world.random(`clicks/${member.id}`)
  return campaigns.flatMap(({ id }) =>
    member.active.flatMap(({ from, to }) =>
      Array.from({ length: random.int(1, 4) }, () => ({
        campaign_id: id,
        occurred_at: isoInstant(random.instant(from, to)),
        clicks: random.int(1, 30 * member.weight),
      })),
    ),
  )
}
