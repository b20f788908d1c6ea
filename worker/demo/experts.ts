import { isoInstant } from '../../jobs/calendar/period.ts'
import type { Member } from './members.ts'
import type { Fact, Tables, World } from './world.ts'

/** The marketplace side: profile, standing, comments and monthly views of the partners who are experts. */
export function expertTables(world: World, members: readonly Member[]): Tables {
  const experts = members.filter(({ programs }) => programs.includes('expert'))
  return {
    expert_profiles: experts.map(profile),
    expert_stats: experts.map(({ id, weight }, n) => ({
      partner_id: id,
      position: n + 1,
      comments: 2,
      messages: weight * 31,
    })),
    expert_comments: experts.flatMap((member) => comments(world, member)),
    expert_views: experts.flatMap((member) => {
      const random = world.random(`views/${member.id}`)
      return member.active.map(({ key }) => ({ partner_id: member.id, month: key, profile_views: random.int(20, 400) }))
    }),
  }
}

const profile = ({ id, name, country, weight }: Member): Fact => ({
  partner_id: id,
  expert_id: `expert-${id}`,
  status: 'verified',
  company: name,
  phone: '555 01 00',
  logo: `https://cdn.program.example/${id}.png`,
  description: `${name} sets up chat for shops and trains the people who answer.`,
  short_description: 'Chat, set up and staffed',
  agents: '5+',
  hour_rate: String(weight * 30),
  project_rate: String(weight * 400),
  country,
  website: `https://${id}.example`,
  categories: 'api-and-integrations|chat-strategy-consultancy',
  languages: `EN|${country}`,
  projects: `https://${id}.example/work`,
})

function comments(world: World, { id, active }: Member): Fact[] {
  const random = world.random(`comments/${id}`)
  return active.slice(-2).map(({ from, to }) => ({
    partner_id: id,
    comment: random.pick(['Quick and friendly.', 'Świetna robota!', 'とても親切でした。']),
    author: random.pick(['Joe', 'Ola', 'Keiko']),
    created_at: isoInstant(random.instant(from, to)),
  }))
}
