import { afterAll, beforeAll, expect, test } from 'vitest'
import { optedOut, setPreference, unsubscribe } from '../../../db/access/preferences.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertAccount, insertPartner } from '../../support/factories.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
  await insertAccount(database.db)
  await insertAccount(database.db, { account_id: 2 })
  await insertPartner(database.db, { partner_id: 'wants' })
  await insertPartner(database.db, { partner_id: 'imported-off', send_monthly_summary: false })
  await insertPartner(database.db, { partner_id: 'left' })
  await insertPartner(database.db, { partner_id: 'back', send_monthly_summary: false })
  await insertPartner(database.db, { partner_id: 'left', account_id: 2 })
})
afterAll(() => database.close())

const now = new Date('2026-11-20T10:00:00Z')
const link = { source: 'link', now }

test('a later wish counts before the imported flag, for that report of that account only', async () => {
  const { db } = database
  await unsubscribe(db, { accountId: 1, partnerId: 'left', report: 'monthly-summary', ...link })
  await setPreference(
    db,
    { accountId: 1, partnerId: 'back', topic: 'monthly-summary', wanted: true, source: 'page' },
    now,
  )

  const off = await optedOut(db, 1, 'monthly-summary', 'send_monthly_summary')
  expect([...off].sort()).toEqual(['imported-off', 'left'])
  expect([...(await optedOut(db, 1, 'monthly-summary', 'send_monthly_summary', ['left', 'wants']))]).toEqual(['left'])
  expect(await optedOut(db, 1, 'usage-reconciliation')).toEqual(new Set())
  expect(await optedOut(db, 2, 'monthly-summary', 'send_monthly_summary')).toEqual(new Set())
})

test('unsubscribing twice is as once; nobody is nobody', async () => {
  const { db } = database
  const again = { accountId: 2, partnerId: 'left', report: 'leads-timeline', ...link }
  expect(await unsubscribe(db, again)).toBe(true)
  expect(await unsubscribe(db, again)).toBe(true)
  expect([...(await optedOut(db, 2, 'leads-timeline'))]).toEqual(['left'])
  expect(await unsubscribe(db, { ...again, partnerId: 'nobody' })).toBe(false)
  const entries = await db.selectFrom('audit_log').selectAll().where('account_id', '=', 2).execute()
  expect(entries).toMatchObject([
    { action: 'preferences.update', target: 'left', actor: 'partner left, link', after: { 'leads-timeline': false } },
  ])
})
