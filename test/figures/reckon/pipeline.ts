import { type Books, converted, divide, percent, type Row, sum, within } from '../books.ts'
import { addDays, addMonths, between, type Micros, mondayOf, type Stretch, weekKey } from '../calendar.ts'

export interface Window {
  readonly from: Micros
  readonly to: Micros
}

/** What a window says of deals (docs/definitions.md, Pipeline): counts, and worth in minor units. */
export function flow(books: Books, deals: readonly Row[], window: Window, cohort = false) {
  const created = deals.filter((row) => within(row.at('created_at'), window))
  const closed = cohort ? created : deals.filter((row) => within(row.at('closed_at'), window))
  const won = closed.filter((row) => row.text('status') === 'won')
  return {
    created: created.length,
    won: won.length,
    lost: closed.filter((row) => row.text('status') === 'lost').length,
    value_created: sum(created, (row) =>
      converted(books, row, 'value', row.at('closed_at') ?? (row.at('created_at') as Micros)),
    ),
    value_won: sum(won, (row) => converted(books, row, 'value', row.at('closed_at') as Micros)),
  }
}

/** The totals, agents and stages of a funnel; money as `say` says it. */
export function pipeline<Money>(
  books: Books,
  funnel: string,
  window: Window,
  say: (minor: bigint) => Money,
  options: { cohort?: boolean; agent?: string } = {},
) {
  const deals = books.rows('deals', { funnel_id: funnel, ...(options.agent ? { agent_id: options.agent } : {}) })
  const of = (some: readonly Row[]) => flow(books, some, window, options.cohort)
  const all = of(deals)
  const stages = [...books.rows('stages', { funnel_id: funnel })].sort((a, b) =>
    Number(a.count('position') - b.count('position')),
  )
  const agents = books
    .rows('agents')
    .map((row) => ({
      id: Number(row.text('agent_id')),
      ...of(deals.filter((deal) => deal.text('agent_id') === row.text('agent_id'))),
    }))
    .filter((agent) => agent.created || agent.won || agent.lost)
  return {
    total_created: all.created,
    total_won: all.won,
    total_lost: all.lost,
    total_value_created: say(all.value_created),
    total_value_won: say(all.value_won),
    average_deal_size: all.won ? say(divide(all.value_won, BigInt(all.won))) : null,
    conversion_rate: percent(BigInt(all.won), BigInt(all.created)),
    by_stage: stages.map((stage) => {
      const { created, value_created } = of(deals.filter((deal) => deal.text('stage_id') === stage.text('stage_id')))
      return {
        stage_id: Number(stage.text('stage_id')),
        stage_name: stage.text('name'),
        count: created,
        value: say(value_created),
      }
    }),
    agents: agents.map(({ id, created, won, value_won }) => ({ id, created, won, value_won: say(value_won) })),
  }
}

/** Keys of the buckets of a stretch, each clipped to it. */
export function buckets(span: Stretch, by: 'day' | 'week' | 'month', zone: string) {
  const keys: { key: string; from: Micros; to: Micros }[] = []
  for (let date = span.start; date < span.end; ) {
    const next = by === 'day' ? addDays(date, 1) : by === 'week' ? addDays(mondayOf(date), 7) : addMonths(date, 1)
    const key = by === 'day' ? date : by === 'week' ? weekKey(date) : date.slice(0, 7)
    const piece = between(key, date, next < span.end ? next : span.end, zone)
    keys.push({ key, from: piece.from, to: piece.to })
    date = next
  }
  return keys
}
