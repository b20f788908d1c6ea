import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Account } from '../../../db/access/accounts.ts'
import { leadsTimeline, leadsTimelineByPartner, noLeads } from '../../../db/queries/leads-timeline.ts'
import { bucketsOf, parsePeriod } from '../../../jobs/calendar/period.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertPartner } from '../../support/factories.ts'
import { insertLeadsOf, warsaw } from './program.ts'

let database: TestDatabase
let account: Account
beforeAll(async () => {
  database = await freshDatabase()
  account = await warsaw(database.db)
  for (const partner_id of ['alpha', 'bravo']) {
    await insertPartner(database.db, { partner_id, type: partner_id === 'alpha' ? 'referral' : 'reseller' })
    await insertLeadsOf(database.db, partner_id)
  }
})
afterAll(() => database.close())

const quarter = parsePeriod('2025-Q1', 'Europe/Warsaw')
const months = bucketsOf(quarter, 'month')
const march = { total: 4, received: 2, sent: 2, converted: 1, rejected: 1, pending: 2 }
const february = { ...noLeads, total: 1, received: 1, converted: 1 }

test('one entry a month, empty months kept', async () => {
  const timeline = await leadsTimeline(database.db, account, quarter, { months, partners: ['alpha'] })
  expect(timeline).toEqual([noLeads, february, march])
})

test('of the whole account, of one type, of one direction', async () => {
  const of = async (options: object) => (await leadsTimeline(database.db, account, quarter, { months, ...options }))[2]
  expect(await of({})).toEqual({ total: 8, received: 4, sent: 4, converted: 2, rejected: 2, pending: 4 })
  expect(await of({ type: 'reseller' })).toEqual(march)
  expect(await of({ partners: ['bravo'], leadDirection: 'sent' })).toEqual({
    ...noLeads,
    total: 2,
    sent: 2,
    rejected: 1,
    pending: 1,
  })
})

test('counts what lies in the period, not the whole of a month it only touches', async () => {
  const week = parsePeriod('2025-W10', 'Europe/Warsaw')
  const timeline = await leadsTimeline(database.db, account, week, { months: bucketsOf(week, 'month') })
  expect(timeline.map((month) => month.total)).toEqual([4])
})

test('by partner as each partner alone, those without leads too', async () => {
  await insertPartner(database.db, { partner_id: 'quiet', name: 'Quiet' })
  const timelines = await leadsTimelineByPartner(database.db, account, quarter, {
    months,
    partners: ['quiet', 'alpha'],
  })
  expect(timelines.map(({ partnerId, counts }) => [partnerId, counts])).toEqual([
    ['alpha', [noLeads, february, march]],
    ['quiet', [noLeads, noLeads, noLeads]],
  ])
})
