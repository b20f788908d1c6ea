import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Account } from '../../../db/access/accounts.ts'
import { unsubscribe } from '../../../db/access/preferences.ts'
import { leadsTimeline } from '../../../jobs/reports/leads-timeline.ts'
import { insertLeadsOf, warsaw } from '../../db/queries/program.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertPartner } from '../../support/factories.ts'
import { type Asked, outcomes, statementOf } from '../program.ts'

let database: TestDatabase
let account: Account
let uuid: string
beforeAll(async () => {
  database = await freshDatabase()
  account = await warsaw(database.db)
  uuid = (await insertPartner(database.db, { partner_id: 'alpha' })).uuid
  await insertPartner(database.db, { partner_id: 'bravo' })
  await insertPartner(database.db, { partner_id: 'quiet' })
  for (const id of ['alpha', 'bravo']) await insertLeadsOf(database.db, id)
})
afterAll(() => database.close())

const run = (asked: Asked) => outcomes(database.db, account, leadsTimeline, asked)
const none = { total: 0, received: 0, sent: 0, converted: 0, rejected: 0, pending: 0 }

test('without partners one statement of the account', async () => {
  const all = await run({ key: '2025-Q1' })
  expect(all).toEqual([
    {
      subject: { kind: 'account', name: 'Program 1' },
      currency: 'USD',
      figures: {
        partner_uuid: null,
        period: { start_date: '2025-01-01', end_date: '2025-03-31' },
        totals: { total: 10, received: 6, sent: 4, converted: 4, rejected: 2, pending: 4 },
        months: [
          { label: '2025-01', ...none },
          { label: '2025-02', ...none, total: 2, received: 2, converted: 2 },
          { label: '2025-03', total: 8, received: 4, sent: 4, converted: 2, rejected: 2, pending: 4 },
        ],
      },
    },
  ])
})

test('each partner that is named has its own, also where it has no leads', async () => {
  const all = await run({ key: '2025-03', partners: ['quiet', 'alpha'] })
  expect(all).toHaveLength(2)
  expect(statementOf(all, 'alpha').figures).toMatchObject({ partner_uuid: uuid, totals: { total: 4, pending: 2 } })
  expect(statementOf(all, 'quiet').figures.months).toEqual([{ label: '2025-03', ...none }])
})

test('who unsubscribed has a statement all the same: only its mail is off', async () => {
  await unsubscribe(database.db, {
    accountId: 1,
    partnerId: 'bravo',
    report: 'leads-timeline',
    source: 'test',
    now: new Date(0),
  })
  expect(await run({ key: '2025-03', partners: ['alpha', 'bravo'] })).toMatchObject([
    { currency: 'USD' },
    { currency: 'USD' },
  ])
})
