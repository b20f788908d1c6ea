import { DAY_MS } from '../../db/values/durations.ts'
import { isoInstant, localDate, type Period } from '../../jobs/calendar/period.ts'
import type { Member } from './members.ts'
import type { Random } from './random.ts'
import type { Fact, Tables, World } from './world.ts'

interface Organization {
  readonly id: string
  readonly name: string
  readonly status: 'active' | 'suspended'
  readonly member: Member
}

/** What the customers of distributors used, were credited and were invoiced; most of it agrees, some of it does not. */
export function usageTables(world: World, members: readonly Member[]): Tables {
  const organizations = members.flatMap((member) => organizationsOf(world, member))
  const usage = organizations.flatMap((organization) =>
    organization.member.active.map((month) => monthOf(world, organization, month)),
  )
  return {
    organizations: organizations.map(({ id, name, status, member }) => ({
      organization_id: id,
      partner_id: member.id,
      name,
      external_id: `ext-${id}`,
      status,
      created_at: isoInstant(member.joinedAt),
    })),
    usage_events: usage.flatMap(({ events }) => events),
    credit_entries: [...members.flatMap((member) => grants(member)), ...usage.flatMap(({ credits }) => credits)],
    usage_invoices: usage.flatMap(({ invoices }) => invoices),
  }
}

function organizationsOf(world: World, member: Member): Organization[] {
  if (member.type !== 'distributor') return []
  const random = world.random(`organizations/${member.id}`)
  return Array.from({ length: random.int(2, 4) }, (_, n) => ({
    id: `${member.id}-org${n + 1}`,
    name: `${random.pick(['Clinic', 'Bank', 'Sklep', '学校', 'Hotel', 'Склад'])} ${member.index}${n + 1}`,
    status: random.chance(0.9) ? 'active' : 'suspended',
    member,
  }))
}

/** Every third distributor works with a pool of credits. */
const hasCredits = ({ index }: Member) => index % 3 === 0

const grants = (member: Member): Fact[] =>
  member.type === 'distributor' && hasCredits(member)
    ? [
        {
          entry_id: `grant-${member.id}`,
          partner_id: member.id,
          amount: 100_000,
          reason: 'yearly pool',
          occurred_at: isoInstant(member.joinedAt),
        },
      ]
    : []

function monthOf(world: World, organization: Organization, month: Period) {
  const random = world.random(`usage/${organization.id}/${month.key}`)
  const events = eventFacts(world, organization, month, random)
  const metered = new Map(events.map(({ event_id, quantity }) => [event_id, Number(quantity)]))
  const quantity = [...metered.values()].reduce((sum, one) => sum + one, 0)
  return {
    events: random.chance(0.03) ? [...events, contradiction(events)] : events,
    credits: hasCredits(organization.member) ? [use(organization, month, quantity + (random.chance(0.2) ? 5 : 0))] : [],
    invoices: random.chance(0.09) ? [] : [invoice(world, organization, month, quantity + off(random))],
  }
}

/** Some are told of days after the month's end: late. */
function eventFacts(world: World, { id }: Organization, month: Period, random: Random): Fact[] {
  return Array.from({ length: random.int(4, 12) }, (_, n) => {
    const occurredAt = random.instant(month.from, month.to)
    const late = month.to < world.end && random.chance(0.02)
    return {
      event_id: `${id}-${month.key}-${n + 1}`,
      organization_id: id,
      kind: n % 4 === 3 ? 'lookup' : 'identification',
      quantity: random.int(1, 120),
      occurred_at: isoInstant(occurredAt),
      received_at: isoInstant(new Date(late ? month.to.getTime() + 3 * DAY_MS : occurredAt.getTime() + 5000)),
    }
  })
}

/** The first event again with another quantity: kept as a conflict. */
const contradiction = (events: readonly Fact[]): Fact => ({ ...events[0], quantity: Number(events[0]?.quantity) + 1 })

/** One invoice in eight is not of what was metered. */
const off = (random: Random) => (random.chance(0.12) ? random.int(-9, 9) : 0)

const use = ({ id, member }: Organization, month: Period, quantity: number): Fact => ({
  entry_id: `use-${id}-${month.key}`,
  partner_id: member.id,
  organization_id: id,
  amount: -quantity,
  reason: 'use',
  occurred_at: isoInstant(new Date(month.to.getTime() - 1000)),
})

const invoice = ({ account, money }: World, { id }: Organization, month: Period, quantity: number): Fact => ({
  invoice_id: `inv-${id}-${month.key}`,
  organization_id: id,
  period_start: localDate(month.from, account.timeZone),
  period_end: localDate(new Date(month.to.getTime() - 1), account.timeZone),
  quantity,
  amount: money(quantity * 25),
  currency: account.currency,
  issued_at: isoInstant(new Date(month.to.getTime() - 3_600_000)),
})
