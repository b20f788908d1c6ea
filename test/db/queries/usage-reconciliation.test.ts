import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Account } from '../../../db/access/accounts.ts'
import { MissingRates } from '../../../db/queries/rates.ts'
import { listLateUsage, listUsageConflicts } from '../../../db/queries/usage-exceptions.ts'
import { reconcileUsage } from '../../../db/queries/usage-reconciliation.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import {
  insertCreditEntry,
  insertFxRate,
  insertOrganization,
  insertPartner,
  insertUsageEvent,
  insertUsageInvoice,
} from '../../support/factories.ts'
import { MARCH, warsaw } from './program.ts'

let database: TestDatabase
let account: Account
beforeAll(async () => {
  database = await freshDatabase()
  account = await warsaw(database.db)
})
afterAll(() => database.close())

interface Facts {
  readonly events?: readonly number[]
  readonly invoices?: readonly number[]
  readonly credits?: number
}

/** An organisation with events, invoices and credits of March 2025. */
async function organization(
  partner_id: string,
  organization_id: string,
  { events = [], invoices = [], credits }: Facts,
  more = {},
) {
  const { db } = database
  const of = { partner_id, organization_id }
  await insertOrganization(db, { ...of, name: `Name ${organization_id}`, ...more })
  for (const quantity of events) await insertUsageEvent(db, { ...of, quantity, occurred_at: '2025-03-10T10:00:00Z' })
  for (const quantity of invoices)
    await insertUsageInvoice(db, {
      ...of,
      quantity,
      amount: quantity * 100,
      period_start: '2025-03-01',
      period_end: '2025-03-31',
    })
  if (credits !== undefined)
    await insertCreditEntry(db, { ...of, amount: -credits, occurred_at: '2025-03-20T10:00:00Z' })
}
const reconcile = (partner: string, options = {}) =>
  reconcileUsage(
    database.db,
    account,
    { ...MARCH, days: { first: '2025-03-01', last: '2025-03-31' } },
    { partners: [partner], ...options },
  )

describe('verdicts, with and without credits', () => {
  const cases: [Facts, string, string][] = [
    [{ events: [10, 10, 10], invoices: [30], credits: 30 }, 'matched', 'matched'],
    [{ events: [5, 20], invoices: [20], credits: 25 }, 'under_invoiced', 'under_invoiced'],
    [{ events: [4], credits: 4 }, 'invoice_missing', 'invoice_missing'],
    [{ events: [4], invoices: [2, 3], credits: 4 }, 'over_invoiced', 'over_invoiced'],
    [{ invoices: [30], credits: 30 }, 'usage_missing', 'usage_missing'],
    [{ events: [30], invoices: [30] }, 'credits_differ', 'matched'],
    [{ events: [30], invoices: [30], credits: 29 }, 'credits_differ', 'credits_differ'],
    [{ credits: 3 }, 'credits_differ', 'credits_differ'],
    [{}, 'matched', 'matched'],
    [{ events: [5, -5] }, 'matched', 'matched'],
    [{ invoices: [0] }, 'matched', 'matched'],
  ]
  test.each(cases.map((one, index) => [index, ...one] as const))(
    'case %i',
    async (index, facts, withCredits, without) => {
      const { db } = database
      for (const kind of ['with', 'without']) await insertPartner(db, { partner_id: `${kind}-${index}` })
      await insertCreditEntry(db, { partner_id: `with-${index}`, amount: 100, occurred_at: '2025-02-01T10:00:00Z' })
      await organization(`with-${index}`, `with-${index}`, facts)
      await organization(`without-${index}`, `without-${index}`, facts)
      expect((await reconcile(`with-${index}`)).map((row) => row.verdict)).toEqual([withCredits])
      expect((await reconcile(`without-${index}`)).map((row) => row.verdict)).toEqual([without])
    },
  )

  test('a tolerance forgives differences up to it', async () => {
    await insertPartner(database.db, { partner_id: 'tolerant' })
    await organization('tolerant', 'near', { events: [100], invoices: [98], credits: 102 })
    expect((await reconcile('tolerant', { tolerance: '2' }))[0]?.verdict).toBe('matched')
    expect((await reconcile('tolerant', { tolerance: '1.99' }))[0]?.verdict).toBe('under_invoiced')
  })
})

test('the figures of a row are exact', async () => {
  await insertPartner(database.db, { partner_id: 'exact' })
  await organization('exact', 'exact', { events: [0.1, 0.2, 0.3], invoices: [2, 3], credits: 1.05 })
  expect(await reconcile('exact')).toEqual([
    {
      organizationId: 'exact',
      partnerId: 'exact',
      name: 'Name exact',
      events: 3,
      quantity: '0.6',
      creditsUsed: '1.05',
      invoicedQuantity: '5',
      amount: 500n,
      differenceQuantity: '4.4',
      differenceCredits: '0.45',
      verdict: 'over_invoiced',
      lateEvents: 0,
      conflicts: 0,
    },
  ])
})

test('exceptions first, then by name; closed ones and later ones only with something to show', async () => {
  await insertPartner(database.db, { partner_id: 'order' })
  await organization('order', 'b-fine', { events: [1], invoices: [1] })
  await organization('order', 'a-idle', {})
  await organization('order', 'd-wrong', { events: [1] })
  await organization('order', 'c-wrong', { events: [1] }, { status: 'closed' })
  await organization('order', 'e-closed', {}, { status: 'closed' })
  await organization('order', 'f-suspended', {}, { status: 'suspended' })
  await organization('order', 'g-later', {}, { created_at: MARCH.to })
  expect((await reconcile('order')).map((row) => row.organizationId)).toEqual([
    'c-wrong',
    'd-wrong',
    'a-idle',
    'b-fine',
  ])
})

test('an event counts by when it occurred, an invoice by its last day, credits by when they were used', async () => {
  const { db } = database
  const of = { partner_id: 'edges', organization_id: 'edges' }
  await insertPartner(db, { partner_id: 'edges' })
  await insertOrganization(db, of)
  for (const occurred_at of [MARCH.from, MARCH.to]) {
    await insertUsageEvent(db, { ...of, quantity: 7, occurred_at })
    await insertCreditEntry(db, { ...of, amount: -7, occurred_at })
  }
  for (const period_end of ['2025-02-28', '2025-03-01', '2025-03-31', '2025-04-01'])
    await insertUsageInvoice(db, { ...of, quantity: 1, period_start: '2025-02-01', period_end })
  expect((await reconcile('edges'))[0]).toMatchObject({
    events: 1,
    quantity: '7',
    creditsUsed: '7',
    invoicedQuantity: '2',
  })
})

test('late events and conflicts are counted in the organisation and listed', async () => {
  const { db } = database
  const of = { partner_id: 'late', organization_id: 'late' }
  await insertPartner(db, { partner_id: 'late' })
  await insertOrganization(db, of)
  const grace = new Date(MARCH.to.getTime() + 24 * 3_600_000)
  const event = (event_id: string, received_at: Date) =>
    insertUsageEvent(db, { ...of, event_id, quantity: 5, occurred_at: '2025-03-30T10:00:00Z', received_at })
  await event('in time', grace)
  await event('too late', new Date(grace.getTime() + 1))
  const conflict = { account_id: 1, ...of, event_id: 'in time', payload_hash: 'x', kind: 'identification', quantity: 6 }
  await db
    .insertInto('usage_event_conflicts')
    .values({ ...conflict, occurred_at: '2025-05-01T10:00:00Z', received_at: '2025-05-01T10:00:00Z' })
    .execute()
  expect((await reconcile('late'))[0]).toMatchObject({ events: 2, quantity: '10', lateEvents: 1, conflicts: 1 })
  expect((await reconcile('late', { graceHours: 25 }))[0]).toMatchObject({ lateEvents: 0 })
  const options = { partners: ['late'], limit: 10 }
  expect(await listLateUsage(db, account, MARCH, options)).toMatchObject([{ eventId: 'too late', quantity: '5' }])
  expect(await listUsageConflicts(db, account, MARCH, { ...options, each: true })).toMatchObject([
    { eventId: 'in time', quantity: '5', otherQuantity: '6', partnerId: 'late' },
  ])
  expect(await listLateUsage(db, account, MARCH, { ...options, limit: 0 })).toEqual([])
})

test('invoices in another currency at the rate of the day they were issued', async () => {
  const { db } = database
  const of = { partner_id: 'euro', organization_id: 'euro' }
  await insertPartner(db, { partner_id: 'euro' })
  await insertOrganization(db, of)
  await insertUsageInvoice(db, {
    ...of,
    quantity: 1,
    amount: 10_01,
    currency: 'EUR',
    is_foreign: true,
    period_end: '2025-03-31',
    issued_at: '2025-04-01T23:00:00Z',
  })
  await expect(reconcile('euro')).rejects.toThrow(new MissingRates([{ currency: 'EUR', date: '2025-04-02' }], 'USD'))
  await insertFxRate(db, { currency: 'EUR', date: '2025-04-02', rate: '1.5' })
  expect((await reconcile('euro'))[0]?.amount).toBe(15_02n)
})
