import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Account } from '../../../db/access/accounts.ts'
import { asTenant } from '../../../db/connection/client.ts'
import { findFunnel, funnelExtent, listFunnels } from '../../../db/queries/funnels.ts'
import { pipelineAnalytics } from '../../../db/queries/pipeline.ts'
import { bucketsOf, parsePeriod } from '../../../jobs/calendar/period.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertDeal, insertFunnel } from '../../support/factories.ts'
import { insertSales, warsaw } from './program.ts'

let database: TestDatabase
let account: Account
beforeAll(async () => {
  database = await freshDatabase()
  account = await warsaw(database.db)
  await insertSales(database.db)
  await insertFunnel(database.db, { funnel_id: 11, name: 'Empty' })
})
afterAll(() => database.close())

const march = parsePeriod('2025-03', 'Europe/Warsaw')
const of = (options: object = {}, window: { from?: Date; to?: Date } = march) =>
  pipelineAnalytics(database.db, account, window, { funnelId: 10, ...options })

describe('pipelineAnalytics', () => {
  test('created by creation day, won and lost by closing day', async () => {
    const { totals, agents, stages } = await of()
    expect(totals).toEqual({ created: 8, won: 4, lost: 2, valueCreated: 2340_00n, valueWon: 1320_00n })
    expect(agents.map(({ agent, ...counts }) => [agent?.name, counts])).toEqual([
      ['Ann', { created: 4, won: 2, lost: 0, valueCreated: 1600_00n, valueWon: 1100_00n }],
      ['Bob', { created: 4, won: 2, lost: 2, valueCreated: 740_00n, valueWon: 220_00n }],
    ])
    expect(stages.map(({ name, created, won, valueCreated }) => [name, created, won, valueCreated])).toEqual([
      ['New', 2, 0, 140_00n],
      ['Demo', 2, 0, 500_00n],
      ['Won', 2, 4, 1100_00n],
      ['Lost', 2, 0, 600_00n],
    ])
  })

  test('a cohort counts won and lost among the deals created in the window', async () => {
    expect((await of({ basis: 'cohort' })).totals).toEqual({
      created: 8,
      won: 2,
      lost: 2,
      valueCreated: 2340_00n,
      valueWon: 1100_00n,
    })
    const february = parsePeriod('2025-02', 'Europe/Warsaw')
    expect((await of({ basis: 'cohort' }, february)).totals).toEqual({
      created: 2,
      won: 2,
      lost: 0,
      valueCreated: 220_00n,
      valueWon: 220_00n,
    })
    expect((await of({}, february)).totals).toMatchObject({ created: 2, won: 0 })
  })

  test('of one agent', async () => {
    const { totals, agents, stages } = await of({ agentId: 1 })
    expect(totals).toMatchObject({ created: 4, won: 2, valueWon: 1100_00n })
    expect(agents).toHaveLength(1)
    expect(stages).toHaveLength(4)
  })

  test('by week: every week the period touches, clipped to it', async () => {
    const weeks = bucketsOf(march, 'week')
    const { buckets, totals } = await of({ buckets: weeks })
    expect(
      weeks.map(({ key }, index) => [key, buckets[index]?.created, buckets[index]?.won, buckets[index]?.lost]),
    ).toEqual([
      ['2025-W09', 0, 0, 0],
      ['2025-W10', 0, 0, 0],
      ['2025-W11', 8, 4, 2],
      ['2025-W12', 0, 0, 0],
      ['2025-W13', 0, 0, 0],
      ['2025-W14', 0, 0, 0],
    ])
    expect(buckets[2]).toEqual(totals)
  })

  test('without dates: all time, and what that is', async () => {
    expect((await of({}, {})).totals).toEqual({
      created: 10,
      won: 4,
      lost: 2,
      valueCreated: 2560_00n,
      valueWon: 1320_00n,
    })
    expect((await of({}, { from: new Date('2025-03-13T00:00:00Z') })).totals).toMatchObject({
      created: 2,
      won: 2,
      lost: 2,
    })
    expect(await funnelExtent(database.db, account, 10)).toEqual({
      first: new Date('2025-02-03T10:00:00Z'),
      last: new Date('2025-03-16T10:00:00Z'),
    })
    expect(await funnelExtent(database.db, account, 11)).toBeUndefined()
  })

  test('a funnel without deals, and finding funnels', async () => {
    const empty = await pipelineAnalytics(database.db, account, march, {
      funnelId: 11,
      buckets: bucketsOf(march, 'month'),
    })
    const none = { created: 0, won: 0, lost: 0, valueCreated: 0n, valueWon: 0n }
    expect(empty).toEqual({ totals: none, agents: [], stages: [], buckets: [none] })
    expect((await listFunnels(database.db, account)).map((funnel) => funnel.name)).toEqual(['Sales', 'Empty'])
    expect(await findFunnel(database.db, account, 12)).toBeUndefined()
  })

  test('reads the same inside a tenant’s walls', async () => {
    const inside = await asTenant(database.db, { accountId: 1 }, (scope) =>
      pipelineAnalytics(scope, account, march, { funnelId: 10 }),
    )
    expect(inside).toEqual(await of())
  })

  test('deals without an agent stand last, under no agent', async () => {
    await insertDeal(database.db, { funnel_id: 10, stage_id: 1, value: 1_00, created_at: '2025-04-02T10:00:00Z' })
    const { agents } = await of({}, parsePeriod('2025-04', 'Europe/Warsaw'))
    expect(agents).toEqual([{ agent: null, created: 1, won: 0, lost: 0, valueCreated: 1_00n, valueWon: 0n }])
  })
})
