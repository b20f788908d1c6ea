import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Account, findAccount } from '../../../db/access/accounts.ts'
import { optedOut, setPreference, unsubscribe } from '../../../db/access/preferences.ts'
import { importFile } from '../../../db/facts/index.ts'
import { replaceBilling, updateProfile } from '../../../db/queries/data/partner.ts'
import type { ActingScope } from '../../../db/queries/data/scope.ts'
import { requestWithdrawal } from '../../../db/queries/data/withdrawals.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { until } from '../../support/until.ts'
import { account, bring, commission, csv, faultsOf, NOW, partner, rowsIn } from './support.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await freshDatabase()
  await bring(database, 'accounts', [account()])
  await bring(database, 'partners', [partner('p'), partner('q')])
})
afterEach(() => database.close())

/** What the partner `p` does itself over HTTP. */
const asPartner = <T>(work: (scope: ActingScope) => Promise<T>, now = NOW): Promise<T> =>
  database.db.transaction().execute(async (db) => {
    const known = (await findAccount(db, 1)) as Account
    return work({ db, account: known, partnerId: 'p', now, actor: 'partner p, key 1' })
  })

const overwriting = async (table: string, rows: readonly Record<string, unknown>[]) => {
  const source = Readable.from([Buffer.from(csv(rows))])
  const options = { table, source, accountId: 1, now: NOW, overwritePartnerEdits: true }
  return (await importFile(database, options)).tables[table]
}

const nothing = { inserted: 0, updated: 0, unchanged: 1, conflicts: 0 }

describe('billing details that a partner changed', () => {
  const place = { type: 'business', company: 'C', address: 'A', city: 'B', country: 'PL' }
  const file = (some: Record<string, unknown> = {}) => [
    { partner_id: 'p', ...place, paypal: 'old@x.example', vat: 'PL1', ...some },
  ]
  const details = { ...place, paypal: 'new@x.example', vat: null, zip_code: null, state: null }
  const [row, edits] = [() => rowsIn(database, 'billing_details'), () => rowsIn(database, 'partner_edits')]

  beforeEach(async () => {
    await bring(database, 'billing_details', file())
    await asPartner((scope) => replaceBilling(scope, details))
  })

  test('stay as they were set, and the answer says so', async () => {
    const changed = await row()
    expect(await bring(database, 'billing_details', file())).toEqual({ ...nothing, kept: { paypal: 1, vat: 1 } })
    expect(await row()).toEqual(changed)
  })

  test('are the import’s as before where the partner left them', async () => {
    expect(await bring(database, 'billing_details', file({ city: 'Z' }))).toEqual({
      ...nothing,
      updated: 1,
      unchanged: 0,
      columns: { city: 1 },
      kept: { paypal: 1, vat: 1 },
    })
    expect(await row()).toMatchObject([{ city: 'Z', paypal: 'new@x.example', vat: null }])
  })

  test('are unchanged, not kept, where the file has come to say the same, or nothing', async () => {
    expect(await bring(database, 'billing_details', file({ paypal: 'new@x.example', vat: '' }))).toEqual(nothing)
    const { vat: _, ...without } = file({ paypal: 'new@x.example' })[0] as Record<string, unknown>
    expect(await bring(database, 'billing_details', [without])).toEqual(nothing)
    expect(await bring(database, 'billing_details', file())).toMatchObject({ kept: { paypal: 1, vat: 1 } })
  })

  test('are overwritten where that is asked for, and the import’s from then on', async () => {
    expect(await overwriting('billing_details', file({ vat: '' }))).toEqual({
      ...nothing,
      updated: 1,
      unchanged: 0,
      columns: { paypal: 1 },
    })
    expect(await row()).toMatchObject([{ paypal: 'old@x.example', vat: null }])
    expect(await edits()).toMatchObject([{ column_name: 'vat' }])
    expect(await bring(database, 'billing_details', file({ paypal: 'third@x.example' }))).toMatchObject({
      columns: { paypal: 1 },
      kept: { vat: 1 },
    })
  })

  test('of one account are nothing to another', async () => {
    const options = { accountId: 2 }
    await bring(database, 'accounts', [account({ account_id: 2 })])
    await bring(database, 'partners', [partner('p')], options)
    await bring(database, 'billing_details', file(), options)
    expect(await bring(database, 'billing_details', file({ paypal: 'x@y.example' }), options)).toMatchObject({
      columns: { paypal: 1 },
    })
  })

  test('while an import waits for them are seen by it', async () => {
    const waiting = () =>
      database.pool.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
    let coming: Promise<unknown> | undefined
    await asPartner(async (scope) => {
      await replaceBilling(scope, { ...details, city: 'Mine' })
      coming = bring(database, 'billing_details', file({ city: 'Theirs' }))
      await until(async () => (await waiting()).rowCount === 1, 'the import waits')
    })
    expect(await coming).toEqual({ ...nothing, kept: { city: 1, paypal: 1, vat: 1 } })
    expect(await row()).toMatchObject([{ city: 'Mine' }])
  })
})

describe('a request for money', () => {
  const FIRST = '8000000000000000'
  const theirs = (id: string, some: Record<string, unknown> = {}) => ({
    withdrawal_id: id,
    partner_id: 'p',
    amount: '100.00',
    status: 'pending',
    requested_at: '2026-11-20T12:00:00Z',
    ...some,
  })
  const ask = (now = NOW) => asPartner((scope) => requestWithdrawal(scope), now)
  const own = async () => (await rowsIn(database, 'withdrawals')).filter((row) => row.made_here)

  beforeEach(async () => {
    await bring(database, 'billing_details', [
      {
        partner_id: 'p',
        type: 'business',
        company: 'C',
        address: 'A',
        city: 'B',
        country: 'PL',
        paypal: 'p@x.example',
      },
    ])
    await bring(database, 'commissions', [
      commission('c', { partner_id: 'p', amount: '100.00', earned_at: '2026-01-01' }),
    ])
    await bring(database, 'withdrawals', [theirs('1700000000001', { partner_id: 'q', status: 'paid' })])
    await ask(new Date(NOW.getTime() + 7))
  })

  test('stands beside the program’s next one, and the partner cannot ask again', async () => {
    await bring(database, 'withdrawals', [
      theirs('1700000000002', { partner_id: 'q', amount: '20.00', status: 'paid' }),
    ])
    expect(await own()).toMatchObject([
      { withdrawal_id: Number(FIRST), partner_id: 'p', amount: 10_000, status: 'pending' },
    ])
    expect(await ask(new Date(NOW.getTime() + 1000))).toEqual({ refused: 'open_request' })
  })

  test('is told how it went under its own number; what it says of itself stays', async () => {
    const done = { status: 'paid', acted_at: '2026-11-22', requested_at: '2026-11-20T12:00:00Z', invoice_id: '' }
    expect(await bring(database, 'withdrawals', [theirs(FIRST, done)])).toEqual({
      ...nothing,
      updated: 1,
      unchanged: 0,
      columns: { acted_at: 1, status: 1 },
      kept: { requested_at: 1, invoice_id: 1 },
    })
    expect(await own()).toMatchObject([
      { status: 'paid', requested_at: '2026-11-20T12:00:00.007+00:00', invoice_id: '2026/B1/p', paypal: 'p@x.example' },
    ])
    const log = await rowsIn(database, 'fact_changes')
    expect(log).toMatchObject([
      { before: { status: 'pending' }, after: { status: 'paid' }, source: 'import withdrawals' },
    ])
    expect(
      await bring(database, 'withdrawals', [theirs(FIRST, { ...done, invoice_id: 'F/7', paypal: 'z@x.example' })]),
    ).toMatchObject({ columns: { invoice_id: 1, paypal: 1 } })
  })

  test.each([
    ['partner_id', { partner_id: 'q' }],
    ['amount', { amount: '99.00' }],
    ['currency', { currency: 'EUR' }],
  ])('is not taken for another: %s', async (column, some: Record<string, unknown>) => {
    const before = await own()
    expect(await faultsOf(database, 'withdrawals', [theirs(FIRST, { status: 'paid', ...some })])).toMatchObject({
      count: 1,
      errors: [
        {
          line: 2,
          column,
          value: Object.values(some)[0],
          expected: `the ${column} of the one that was made here under this number`,
        },
      ],
    })
    expect(await own()).toEqual(before)
  })

  test('has a number that no file can name for a new one', async () => {
    const expected = 'a number below 8000000000000000, or that of a request that was made here'
    const { errors } = await faultsOf(database, 'withdrawals', [theirs('8000000000000001'), theirs('9007199254740991')])
    expect(errors).toMatchObject([
      { line: 2, column: 'withdrawal_id', value: '8000000000000001', expected },
      { line: 3, column: 'withdrawal_id', value: '9007199254740991', expected },
    ])
    expect(await bring(database, 'withdrawals', [theirs('7999999999999999')])).toMatchObject({ inserted: 1 })
  })

  test('has an invoice that no other can have', async () => {
    const { errors } = await faultsOf(database, 'withdrawals', [theirs('3', { invoice_id: '2026/B1/p' })])
    expect(errors).toMatchObject([{ line: 2, column: 'invoice_id', value: '2026/B1/p' }])
    expect(await bring(database, 'withdrawals', [theirs('3', { invoice_id: '2026/1/p' })])).toMatchObject({
      inserted: 1,
    })
  })

  test('of before, whose number the program gave as well, is refused and can be given another', async () => {
    await database.pool.query(`update withdrawals set withdrawal_id = 1700000000002 where made_here`)
    const next = theirs('1700000000002', { partner_id: 'q', amount: '20.00' })
    expect(await faultsOf(database, 'withdrawals', [next])).toMatchObject({ count: 2 })
    await database.pool.query(`begin;
      select set_config('app.account_id', '1', true);
      update withdrawals set withdrawal_id = next_withdrawal_id()
        where account_id = 1 and withdrawal_id = 1700000000002 and made_here;
      commit`)
    expect(await bring(database, 'withdrawals', [next])).toMatchObject({ inserted: 1 })
    expect(await own()).toMatchObject([{ withdrawal_id: Number(FIRST), partner_id: 'p' }])
  })

  test('leaves a number of its space that came in before it was one to the program', async () => {
    await database.pool.query(`insert into withdrawals (account_id, withdrawal_id, partner_id, amount, currency, is_foreign, status, requested_at)
      values (1, 8000000000000009, 'q', 10000, 'USD', false, 'pending', '2026-11-20T12:00:00Z')`)
    const row = theirs('8000000000000009', { partner_id: 'q' })
    expect(await bring(database, 'withdrawals', [row])).toEqual(nothing)
    expect(await bring(database, 'withdrawals', [{ ...row, amount: '50.00' }])).toMatchObject({
      columns: { amount: 1 },
    })
  })
})

describe('the later of two wishes counts', () => {
  const says = (send_monthly_summary: boolean | string) =>
    bring(database, 'partners', [partner('p', { send_monthly_summary })])
  const names = { first_name: 'A', last_name: 'B', contact_name: 'A B', contact_email: 'a@x.example' }
  const saves = (send_monthly_summary: boolean, first_name = 'A') =>
    asPartner((scope) => updateProfile(scope, { ...names, first_name, flags: { send_monthly_summary } }))
  const link = (now = NOW) =>
    unsubscribe(database.db, { accountId: 1, partnerId: 'p', report: 'monthly-summary', source: 'link', now })
  const isOut = async () => (await optedOut(database.db, 1, 'monthly-summary', 'send_monthly_summary', ['p'])).has('p')
  beforeEach(() => says(true))

  test('an imported no after the form’s yes, with its date', async () => {
    await saves(true)
    expect(await says(false)).toMatchObject({ updated: 1, columns: { send_monthly_summary: 1 } })
    expect(await isOut()).toBe(true)
    expect(await rowsIn(database, 'preferences')).toMatchObject([
      { topic: 'monthly-summary', wanted: false, source: 'import partners', changed_at: '2026-11-20T12:00:00+00:00' },
    ])
    await saves(true, 'Other')
    expect(await isOut()).toBe(false)
    expect(await says(false)).toEqual({ ...nothing, kept: { send_monthly_summary: 1 } })
    expect(await isOut()).toBe(false)
  })

  test('a nightly yes that always was one never undoes a no', async () => {
    await link()
    expect(await says(true)).toEqual({ ...nothing, kept: { send_monthly_summary: 1 } })
    expect(await overwriting('partners', [partner('p', { send_monthly_summary: true })])).toMatchObject({ updated: 0 })
    await saves(false)
    expect(await says(true)).toMatchObject({ updated: 0 })
    expect(await isOut()).toBe(true)
  })

  test('a yes that the import comes to say is a wish again', async () => {
    await link()
    await says(false)
    expect(await isOut()).toBe(true)
    expect(await says(true)).toMatchObject({ columns: { send_monthly_summary: 1 } })
    expect(await isOut()).toBe(false)
    await link()
    expect(await isOut()).toBe(true)
  })

  test('an empty cell and an absent column wish nothing', async () => {
    await says(false)
    expect(await says('')).toEqual(nothing)
    expect(await bring(database, 'partners', [partner('p')])).toEqual(nothing)
    expect(await isOut()).toBe(true)
  })

  test('what somebody wished while the import was under way is later', async () => {
    const wish = { accountId: 1, partnerId: 'p', topic: 'monthly-summary', wanted: true, source: 'profile' }
    await setPreference(database.db, wish, new Date(NOW.getTime() + 1))
    await says(false)
    expect(await isOut()).toBe(false)
  })

  test('of the flags without a report alike', async () => {
    await bring(database, 'partners', [partner('p', { send_newsletter: false, send_reseller_weekly_summary: false })])
    const wishes = (await rowsIn(database, 'preferences')).map(({ topic, wanted }) => [topic, wanted])
    expect(wishes.sort()).toEqual([
      ['newsletter', false],
      ['reseller-weekly', false],
    ])
  })
})
