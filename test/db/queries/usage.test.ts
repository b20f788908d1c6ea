import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Account } from '../../../db/access/accounts.ts'
import { asTenant } from '../../../db/connection/client.ts'
import { listOrganizations, usageTotals } from '../../../db/queries/usage.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertCreditEntry, insertOrganization, insertPartner, insertUsageEvent } from '../../support/factories.ts'
import { MARCH, warsaw } from './program.ts'

let database: TestDatabase
let account: Account
beforeAll(async () => {
  database = await freshDatabase()
  account = await warsaw(database.db)
  const { db } = database
  for (const partner_id of ['alpha', 'bravo']) {
    await insertPartner(db, { partner_id })
    await insertOrganization(db, {
      partner_id,
      organization_id: `${partner_id}-1`,
      name: 'Zulu 50%',
      external_id: `X-${partner_id}`,
    })
    await insertOrganization(db, { partner_id, organization_id: `${partner_id}-2`, name: 'Yankee', status: 'closed' })
    const event = (quantity: string, kind: string, occurred_at: Date) =>
      insertUsageEvent(db, { partner_id, organization_id: `${partner_id}-1`, quantity, kind, occurred_at })
    await event('0.1', 'identification', MARCH.from)
    await event('0.2', 'identification', new Date('2025-03-10T10:00:00Z'))
    await event('5', 'export', new Date('2025-03-11T10:00:00Z'))
    await event('7', 'identification', MARCH.to)
    const credit = (amount: string, occurred_at: string) => insertCreditEntry(db, { partner_id, amount, occurred_at })
    await credit('100', '2025-02-01T10:00:00Z')
    await credit('-30', '2025-03-20T10:00:00Z')
    await credit('-2.5', '2025-04-20T10:00:00Z')
  }
})
afterAll(() => database.close())

const alpha = {
  organizations: 2,
  activeOrganizations: 1,
  events: 3,
  quantity: '5.3',
  identifications: '0.3',
  creditsUsed: '30',
  creditsRemaining: '67.5',
}

test('totals of one partner, of everyone and of someone with nothing', async () => {
  expect(await usageTotals(database.db, account, MARCH, { partners: ['alpha'] })).toEqual(alpha)
  expect(await usageTotals(database.db, account, MARCH)).toMatchObject({
    events: 6,
    quantity: '10.6',
    creditsUsed: '60',
  })
  expect(await usageTotals(database.db, account, MARCH, { partners: ['none'] })).toMatchObject({
    events: 0,
    quantity: '0',
    creditsRemaining: '0',
  })
})

test('reads the same inside a partner’s walls, and nothing of another', async () => {
  const inside = await asTenant(database.db, { accountId: 1, partnerId: 'alpha' }, (scope) =>
    usageTotals(scope, account, MARCH),
  )
  expect(inside).toEqual(alpha)
})

test('organisations by name, by status, by part of a name, by external id', async () => {
  const ids = async (filter: object) =>
    (await listOrganizations(database.db, account, { partners: ['alpha'], ...filter })).map((one) => one.organizationId)
  expect(await ids({})).toEqual(['alpha-2', 'alpha-1'])
  expect(await ids({ status: 'active' })).toEqual(['alpha-1'])
  expect(await ids({ search: 'YANK' })).toEqual(['alpha-2'])
  expect(await ids({ search: '%' })).toEqual(['alpha-1'])
  expect(await ids({ externalId: 'X-alpha' })).toEqual(['alpha-1'])
  expect(await ids({ externalId: 'X-bravo' })).toEqual([])
})
