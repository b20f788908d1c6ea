import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Account } from '../../../db/access/accounts.ts'
import { pipelineAnalytics } from '../../../jobs/reports/pipeline-analytics.ts'
import { insertSales, warsaw } from '../../db/queries/program.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertDeal, insertFunnel, insertStage } from '../../support/factories.ts'
import { outcomes } from '../program.ts'

let database: TestDatabase
let account: Account
beforeAll(async () => {
  database = await freshDatabase()
  const { db } = database
  account = await warsaw(db)
  await insertSales(db)
  await insertFunnel(db, { funnel_id: 11, name: 'Unused' })
  await insertFunnel(db, { funnel_id: 12, name: 'Renewals' })
  await insertStage(db, { funnel_id: 12, stage_id: 1, name: 'Only' })
  await insertDeal(db, { funnel_id: 12, stage_id: 1, value: 40_00, created_at: '2025-03-10T10:00:00Z' })
})
afterAll(() => database.close())

const run = (key: string) => outcomes(database.db, account, pipelineAnalytics, { key })
async function figuresOf(key: string, funnel: number) {
  const found = (await run(key)).find(({ subject }) => subject.kind === 'funnel' && subject.funnel_id === funnel)
  if (!found || 'skip' in found) throw new Error('no statement')
  return found.figures
}

test('one statement a funnel; a funnel without deals has nothing to say', async () => {
  const all = await run('2025-W11')
  expect(all.map((outcome) => [outcome.subject, 'skip' in outcome && outcome.skip])).toEqual([
    [{ kind: 'funnel', funnel_id: 10, name: 'Sales' }, false],
    [{ kind: 'funnel', funnel_id: 11, name: 'Unused' }, 'no_activity'],
    [{ kind: 'funnel', funnel_id: 12, name: 'Renewals' }, false],
  ])
})

test('the endpoint’s keys, money as strings, with three series and the week before', async () => {
  const figures = await figuresOf('2025-W11', 10)
  expect(figures).toEqual({
    period: { since: '2025-03-10', until: '2025-03-16' },
    total_created: 8,
    total_won: 4,
    total_lost: 2,
    total_value_created: '2340.00',
    total_value_won: '1320.00',
    average_deal_size: '330.00',
    conversion_rate: 50,
    by_agent: [
      {
        agent: { id: 1, name: 'Ann', email: 'ann@owner.test', avatar_url: null },
        created: 4,
        won: 2,
        value_won: '1100.00',
      },
      { agent: { id: 2, name: 'Bob', email: null, avatar_url: null }, created: 4, won: 2, value_won: '220.00' },
    ],
    by_stage: [
      { stage_id: 1, stage_name: 'New', count: 2, value: '140.00' },
      { stage_id: 2, stage_name: 'Demo', count: 2, value: '500.00' },
      { stage_id: 3, stage_name: 'Won', count: 2, value: '1100.00' },
      { stage_id: 4, stage_name: 'Lost', count: 2, value: '600.00' },
    ],
    series: {
      week: [{ key: '2025-W11', created: 8, won: 4, lost: 2, value_created: '2340.00', value_won: '1320.00' }],
      agent: [
        { key: 1, created: 4, won: 2, lost: 0, value_created: '1600.00', value_won: '1100.00' },
        { key: 2, created: 4, won: 2, lost: 2, value_created: '740.00', value_won: '220.00' },
      ],
      stage: [
        { key: 1, created: 2, won: 0, lost: 0, value_created: '140.00', value_won: '0.00' },
        { key: 2, created: 2, won: 0, lost: 0, value_created: '500.00', value_won: '0.00' },
        { key: 3, created: 2, won: 4, lost: 0, value_created: '1100.00', value_won: '1320.00' },
        { key: 4, created: 2, won: 0, lost: 2, value_created: '600.00', value_won: '0.00' },
      ],
    },
    previous: {
      period: { since: '2025-03-03', until: '2025-03-09' },
      total_created: 0,
      total_won: 0,
      total_lost: 0,
      total_value_created: '0.00',
      total_value_won: '0.00',
      average_deal_size: null,
      conversion_rate: null,
    },
    change_percent: {
      total_created: null,
      total_won: null,
      total_lost: null,
      total_value_created: null,
      total_value_won: null,
      average_deal_size: null,
    },
  })
})

test('a month’s weeks are those it touches, empty ones kept, counts clipped', async () => {
  const { series } = await figuresOf('2025-03', 12)
  expect(series.week.map(({ key, created }) => [key, created])).toEqual([
    ['2025-W09', 0],
    ['2025-W10', 0],
    ['2025-W11', 1],
    ['2025-W12', 0],
    ['2025-W13', 0],
    ['2025-W14', 0],
  ])
  expect((await figuresOf('2025-03-11..2025-03-16', 12)).series.week).toMatchObject([{ key: '2025-W11', created: 0 }])
})

test('deals of no agent stand under no agent', async () => {
  const { by_agent, series } = await figuresOf('2025-W11', 12)
  expect(by_agent).toEqual([
    { agent: { id: null, name: null, email: null, avatar_url: null }, created: 1, won: 0, value_won: '0.00' },
  ])
  expect(series.agent[0]?.key).toBeNull()
})
