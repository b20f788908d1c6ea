import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Account, findAccount } from '../../../db/access/accounts.ts'
import { balanceOf } from '../../../db/queries/balance.ts'
import { licenseStatus } from '../../../db/queries/definitions.ts'
import { licenseCounts } from '../../../db/queries/licenses.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import {
  insertAccount,
  insertCommission,
  insertLicense,
  insertPartner,
  insertWithdrawal,
} from '../../support/factories.ts'

const THEN = new Date('2025-03-01T00:00:00Z')
const BEFORE = '2025-02-28T23:59:59.999Z'
const AFTER = '2025-03-01T00:00:00.001Z'

let database: TestDatabase
let account: Account
beforeAll(async () => {
  database = await freshDatabase()
  await insertAccount(database.db)
  account = (await findAccount(database.db, 1)) as Account
})
afterAll(() => database.close())

describe('the status of a licence at an instant', () => {
  test.each([
    ['trial', null, null],
    ['trial', AFTER, AFTER],
    ['paid', BEFORE, AFTER],
    ['paid', THEN.toISOString(), null],
    ['expired', null, THEN.toISOString()],
    ['expired', BEFORE, BEFORE],
  ])('%s: converted %s, expires %s', async (status, converted_at, expires_at) => {
    const { db } = database
    const { partner_id } = await insertPartner(db)
    const { license_id } = await insertLicense(db, { partner_id, converted_at, expires_at })
    const { rows } =
      await sql`select ${licenseStatus(THEN)} as status from licenses l where license_id = ${license_id}`.execute(db)
    expect(rows).toEqual([{ status }])
  })
})

describe('the turn of a period belongs to the one that starts', () => {
  test('for what happens to licences', async () => {
    const { partner_id } = await insertPartner(database.db)
    const at = THEN.toISOString()
    await insertLicense(database.db, { partner_id, created_at: at, converted_at: at, expires_at: at })
    const counts = (from: string, to: string) =>
      licenseCounts(database.db, account, { from: new Date(from), to: new Date(to) }, { partners: [partner_id] })
    expect((await counts('2025-02-01T00:00:00Z', at)).size).toBe(0)
    const all = { created: 1, converted: 1, expired: 1, trials: 1, conversions: 1 }
    expect((await counts(at, '2025-04-01T00:00:00Z')).get(partner_id)).toEqual(all)
  })

  test('for what is earned and withdrawn; what becomes available at an instant is available at it', async () => {
    const { partner_id } = await insertPartner(database.db)
    const earned = (amount: number, earned_at: string, available_at = earned_at) =>
      insertCommission(database.db, { partner_id, amount, earned_at, available_at })
    await earned(1, BEFORE)
    await earned(20, BEFORE, THEN.toISOString())
    await earned(300, BEFORE, AFTER)
    await earned(4000, THEN.toISOString())
    await insertWithdrawal(database.db, { partner_id, amount: 5, requested_at: BEFORE, status: 'pending' })
    await insertWithdrawal(database.db, { partner_id, amount: 60, requested_at: THEN })
    await insertWithdrawal(database.db, { partner_id, amount: 700, requested_at: BEFORE, status: 'rejected' })
    expect(await balanceOf(database.db, account, THEN, partner_id)).toEqual({
      total: 321n,
      withdrawn: 5n,
      blocked: 0n,
      pending: 300n,
      available: 16n,
    })
  })
})
