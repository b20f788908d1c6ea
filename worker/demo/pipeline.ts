import { DAY_MS } from '../../db/values/durations.ts'
import { isoInstant, localDate } from '../../jobs/calendar/period.ts'
import type { Member } from './members.ts'
import type { Random } from './random.ts'
import type { Fact, Tables, World } from './world.ts'

const AGENTS = ['Grace Hopper', 'Stanisław Lem', 'Ελένη Γλύκατζη', '北里 柴三郎'] as const
const FUNNELS = ['New business', 'Renewals'] as const
const STAGES = ['Qualified', 'Demo', 'Proposal', 'Won', 'Lost'] as const
const [WON, LOST] = [4, 5]

/** The sales pipeline: two funnels, four agents, deals of partners and some of nobody's, a few in a foreign currency. */
export function pipelineTables(world: World, members: readonly Member[]): Tables {
  const sellers = members.filter(({ type }) => type !== 'referral')
  return {
    agents: AGENTS.map((name, i) => ({ agent_id: i + 1, name, email: `agent${i + 1}@program.example` })),
    funnels: FUNNELS.map((name, i) => ({ funnel_id: i + 1, name })),
    stages: FUNNELS.flatMap((_, funnel) =>
      STAGES.map((name, i) => ({ funnel_id: funnel + 1, stage_id: i + 1, name, position: i + 1 })),
    ),
    deals: [...sellers.flatMap((member) => dealFacts(world, member)), ...dealFacts(world)],
    fx_rates: rateFacts(world),
  }
}

/** Deals of a partner, or of the house where none is given. */
function dealFacts(world: World, member?: Member): Fact[] {
  const random = world.random(`deals/${member?.id ?? ''}`)
  const quiet = world.account.quietMonth
  const months = member?.active ?? world.months.filter((_, i) => i !== quiet)
  const facts: Fact[] = []
  for (const { from, to } of months) {
    for (let n = random.int(0, 2); n > 0; n--) {
      facts.push(
        deal(world, random, `deal-${member?.index ?? 0}-${facts.length + 1}`, member, random.instant(from, to)),
      )
    }
  }
  return facts
}

function deal(world: World, random: Random, id: string, member: Member | undefined, createdAt: Date): Fact {
  const closesAt = new Date(createdAt.getTime() + random.int(3, 75) * DAY_MS)
  const closed = closesAt < world.end
  const status = closed ? random.pick(['won', 'won', 'lost']) : 'open'
  const foreign = random.chance(0.15)
  const seats = random.int(5, 60)
  return {
    deal_id: id,
    funnel_id: random.pick([1, 1, 2]),
    stage_id: { won: WON, lost: LOST, open: random.int(1, 3) }[status] ?? null,
    agent_id: random.int(1, AGENTS.length),
    partner_id: member?.id ?? null,
    value: foreign ? `${seats * 40}.00` : world.money(seats * world.account.prices.team),
    currency: foreign ? world.account.foreign.currency : world.account.currency,
    status,
    created_at: isoInstant(createdAt),
    closed_at: closed ? isoInstant(closesAt) : null,
  }
}

/** A rate for every local day, wandering a little. */
function rateFacts({ account, months, random }: World): Fact[] {
  const wander = random('fx')
  const facts: Fact[] = []
  for (
    let at = (months[0] as { from: Date }).from.getTime() + DAY_MS / 2;
    at < (months.at(-1) as { to: Date }).to.getTime();
    at += DAY_MS
  ) {
    const rate = account.foreign.rate * (1 + wander.int(-20, 20) / 1000)
    facts.push({
      currency: account.foreign.currency,
      date: localDate(new Date(at), account.timeZone),
      rate: rate.toFixed(4),
    })
  }
  return facts
}
