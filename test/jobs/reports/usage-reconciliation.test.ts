import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Account } from '../../../db/access/accounts.ts'
import { unsubscribe } from '../../../db/access/preferences.ts'
import { usageReconciliation } from '../../../jobs/reports/usage-reconciliation.ts'
import { warsaw } from '../../db/queries/program.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import {
  insertCreditEntry,
  insertOrganization,
  insertPartner,
  insertUsageEvent,
  insertUsageInvoice,
} from '../../support/factories.ts'
import { type Asked, outcomes, skipsOf, statementOf } from '../program.ts'

let database: TestDatabase
let account: Account
beforeAll(async () => {
  database = await freshDatabase()
  const { db } = database
  account = await warsaw(db)
  for (const partner_id of ['alpha', 'bravo', 'closed', 'without']) await insertPartner(db, { partner_id })
  for (const partner_id of ['alpha', 'bravo']) await insertUsageOf(partner_id)
  await insertOrganization(db, { partner_id: 'closed', organization_id: 'closed', status: 'closed' })
})
afterAll(() => database.close())

/** Three organisations: one in order, one invoiced too little, one not invoiced at all. */
async function insertUsageOf(partner_id: string) {
  const { db } = database
  for (const [name, quantities, invoiced] of [
    ['O1', [10, 10, 10], 30],
    ['O2', [5, 20], 20],
    ['O3', [4], undefined],
  ] as const) {
    const of = { partner_id, organization_id: `${partner_id}-${name}` }
    await insertOrganization(db, { ...of, name: `Org ${name} ${partner_id}` })
    for (const quantity of quantities)
      await insertUsageEvent(db, { ...of, quantity, occurred_at: '2025-03-10T10:00:00Z' })
    const used = quantities.reduce((sum, quantity) => sum + quantity, 0)
    await insertCreditEntry(db, { ...of, amount: 100, occurred_at: '2025-02-01T10:00:00Z' })
    await insertCreditEntry(db, { ...of, amount: -used, occurred_at: '2025-03-20T10:00:00Z' })
    if (invoiced)
      await insertUsageInvoice(db, {
        ...of,
        quantity: invoiced,
        amount: invoiced * 100,
        period_start: '2025-03-01',
        period_end: '2025-03-31',
      })
  }
}

const run = (asked: Asked) => outcomes(database.db, account, usageReconciliation, asked)

test('a partner’s statement, reckoned by hand', async () => {
  const { figures, rows, currency } = statementOf(await run({ key: '2025-03' }), 'alpha')
  expect(currency).toBe('USD')
  expect(figures).toEqual({
    organizations: 3,
    events: 6,
    quantity: 59,
    credits_used: 59,
    invoiced_quantity: 50,
    invoiced_amount: '50.00',
    difference_quantity: -9,
    difference_credits: 0,
    verdicts: {
      usage_missing: 0,
      invoice_missing: 1,
      over_invoiced: 0,
      under_invoiced: 1,
      credits_differ: 0,
      matched: 1,
    },
    late_events: 0,
    conflicts: 0,
    late: [],
    conflicting: [],
  })
  expect(
    rows?.map(({ organization_id, verdict, difference_quantity }) => [organization_id, verdict, difference_quantity]),
  ).toEqual([
    ['alpha-O2', 'under_invoiced', -5],
    ['alpha-O3', 'invoice_missing', -4],
    ['alpha-O1', 'matched', 0],
  ])
  expect(rows?.[0]).toEqual({
    organization_id: 'alpha-O2',
    name: 'Org O2 alpha',
    events: 2,
    quantity: 25,
    credits_used: 25,
    invoiced_quantity: 20,
    amount: '20.00',
    difference_quantity: -5,
    difference_credits: 0,
    verdict: 'under_invoiced',
    late_events: 0,
    conflicts: 0,
  })
})

test('one for the account over all of them, and one for each partner with organisations', async () => {
  const all = await run({ key: '2025-03' })
  expect(all.map(({ subject }) => (subject.kind === 'partner' ? subject.partner_id : subject.kind))).toEqual([
    'account',
    'alpha',
    'bravo',
    'closed',
  ])
  expect(skipsOf(all)).toEqual({ closed: 'no_activity' })
  expect(all[0]).toMatchObject({ figures: { organizations: 6, events: 12, quantity: 118, invoiced_amount: '100.00' } })
  const [account_] = all
  expect(account_ && 'rows' in account_ && account_.rows?.map((row) => row.name)).toEqual([
    'Org O2 alpha',
    'Org O2 bravo',
    'Org O3 alpha',
    'Org O3 bravo',
    'Org O1 alpha',
    'Org O1 bravo',
  ])
})

test('of one partner alone: the same as in the full run, and no account', async () => {
  const alone = await run({ key: '2025-03', partners: ['alpha'] })
  expect(alone).toEqual([statementOf(await run({ key: '2025-03' }), 'alpha')])
})

test('late events are listed', async () => {
  const of = { partner_id: 'bravo', organization_id: 'bravo-O1' }
  await insertUsageEvent(database.db, {
    ...of,
    event_id: 'late',
    quantity: '0.5',
    occurred_at: '2025-01-31T10:00:00Z',
    received_at: '2025-04-01T10:00:00Z',
  })
  const all = await run({ key: '2025-01' })
  const late = [
    {
      event_id: 'late',
      organization_id: 'bravo-O1',
      quantity: 0.5,
      occurred_at: '2025-01-31T10:00:00Z',
      received_at: '2025-04-01T10:00:00Z',
    },
  ]
  expect(statementOf(all, 'bravo').figures).toMatchObject({ late_events: 1, quantity: 0.5, late })
  expect(statementOf(all, 'alpha').figures).toMatchObject({ late_events: 0, late: [] })
  expect(all[0]).toMatchObject({ figures: { late_events: 1, late } })
})

test('an account without organisations has nothing to say', async () => {
  const other = await warsaw(database.db, 2)
  expect(await outcomes(database.db, other, usageReconciliation, { key: '2025-03' })).toEqual([
    { subject: { kind: 'account', name: 'Program 2' }, skip: 'no_activity' },
  ])
})

test('who unsubscribed has a statement all the same: only its mail is off', async () => {
  await unsubscribe(database.db, {
    accountId: 1,
    partnerId: 'alpha',
    report: 'usage-reconciliation',
    source: 'test',
    now: new Date(0),
  })
  expect(skipsOf(await run({ key: '2025-03' }))).toEqual({ closed: 'no_activity' })
})
