import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Account, findAccount } from '../../../db/access/accounts.ts'
import { balances } from '../../../db/queries/balance.ts'
import { payoutStandings } from '../../../db/queries/withdrawal-eligibility.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import {
  insertAccount,
  insertCommission,
  insertLicense,
  insertPartner,
  insertWithdrawal,
} from '../../support/factories.ts'

const THEN = new Date('2025-03-31T00:00:00Z')
const EARNED = '2025-03-05T10:00:00Z'

let database: TestDatabase
let account: Account
beforeAll(async () => {
  database = await freshDatabase()
  await insertAccount(database.db, { withdrawal_minimum: 5000 })
  account = (await findAccount(database.db, 1)) as Account
})
afterAll(() => database.close())

/** `amount` in cents; `held`: the day of April on which it becomes available. */
interface Entry {
  readonly amount: number
  readonly license?: string
  readonly held?: number
  readonly blocked?: boolean
}

const sale = (amount: number, more: Omit<Entry, 'amount'> = {}): Entry => ({ amount, ...more })
const refund = (amount: number, more: Omit<Entry, 'amount'> = {}): Entry => ({ amount: -amount, ...more })

/** A partner with these entries; licences are its own, and one called `blocked` is blocked. */
async function insertEntries(entries: readonly Entry[], withdrawn = 0): Promise<string> {
  const { db } = database
  const { partner_id } = await insertPartner(db)
  const idOf = (name: string) => `${partner_id}-${name}`
  for (const name of new Set(entries.flatMap(({ license }) => license ?? [])))
    await insertLicense(db, { partner_id, license_id: idOf(name), blocked: name === 'blocked' })
  for (const { amount, license, held, blocked } of entries)
    await insertCommission(db, {
      partner_id,
      amount,
      kind: amount < 0 ? 'refund' : 'commission',
      license_id: license === undefined ? null : idOf(license),
      earned_at: EARNED,
      available_at: held === undefined ? EARNED : `2025-04-${String(held).padStart(2, '0')}T00:00:00Z`,
      blocked: blocked ?? false,
    })
  if (withdrawn > 0) await insertWithdrawal(db, { partner_id, amount: withdrawn, requested_at: EARNED })
  return partner_id
}

async function standingOf(partnerId: string) {
  const standing = (await payoutStandings(database.db, account, THEN)).find((one) => one.partnerId === partnerId)
  if (!standing) throw new Error(`no standing of ${partnerId}`)
  const { available, pending, blocked } = standing.balance
  return {
    available: Number(available),
    pending: Number(pending),
    blocked: Number(blocked),
    until: standing.heldUntil?.getUTCDate() ?? null,
  }
}

describe('a refund takes back at once', () => {
  test.each<[string, Entry[], { available: number; pending: number; until?: number | null }]>([
    [
      'what is available, though it is on hold itself',
      [sale(10_000), refund(10_000, { held: 19 })],
      { available: 0, pending: 0 },
    ],
    [
      'what is on hold, where there is nothing else',
      [sale(6000, { held: 19 }), refund(6000, { held: 20 })],
      { available: 0, pending: 0 },
    ],
    [
      'of its licence what is on hold, and nothing of what another brought',
      [sale(7000, { license: 'a' }), sale(6000, { license: 'b', held: 19 }), refund(6000, { license: 'b' })],
      { available: 7000, pending: 0 },
    ],
    [
      'of its licence first what is available',
      [
        sale(2000, { license: 'a' }),
        sale(2000, { license: 'a', held: 5 }),
        sale(5000, { license: 'a', held: 9 }),
        refund(3000, { license: 'a', held: 9 }),
      ],
      { available: 0, pending: 6000, until: 9 },
    ],
    [
      'beyond its licence what is available',
      [sale(9000), sale(1000, { license: 'a', held: 5 }), refund(3000, { license: 'a' })],
      { available: 7000, pending: 0 },
    ],
    [
      'without licence what is available, and then what is on hold',
      [sale(1000), sale(6000, { license: 'a', held: 5 }), refund(2500)],
      { available: 0, pending: 4500 },
    ],
    [
      'never more than is on hold',
      [sale(1000, { license: 'a', held: 5 }), refund(3000, { license: 'a' })],
      { available: -2000, pending: 0 },
    ],
  ])('%s', async (_, entries, wanted) => {
    expect(await standingOf(await insertEntries(entries))).toEqual({ until: null, blocked: 0, ...wanted })
  })

  test('a discount below zero takes back nothing', async () => {
    const partner_id = await insertEntries([sale(6000, { held: 5 })])
    await insertCommission(database.db, { partner_id, amount: -6000, kind: 'discount', earned_at: EARNED })
    expect(await standingOf(partner_id)).toMatchObject({ available: 0, pending: 6000, until: 5 })
  })

  test('one that comes later takes back nothing yet', async () => {
    const partner_id = await insertEntries([sale(6000)])
    await insertCommission(database.db, { partner_id, amount: -6000, kind: 'refund', earned_at: THEN })
    expect(await standingOf(partner_id)).toMatchObject({ available: 6000 })
  })
})

describe('what was paid out too early', () => {
  test('still shows as less than nothing: only the refund is made up for by what is on hold', async () => {
    const entries = [sale(8000), refund(3000), sale(9000, { license: 'a', held: 5 })]
    expect(await standingOf(await insertEntries(entries, 9000))).toEqual({
      available: -1000, // 80 − 30 − 90 = −40, of which the refund's 30 come from the hold
      pending: 6000,
      blocked: 0,
      until: 5, // all is available then: 80 − 30 − 90 + 90
    })
  })

  test('without any refund nothing on hold makes up for it', async () => {
    expect(await standingOf(await insertEntries([sale(3000), sale(9000, { held: 5 })], 4000))).toEqual({
      available: -1000,
      pending: 9000,
      blocked: 0,
      until: 5,
    })
  })
})

describe('the date on which holds lift what is available to the minimum', () => {
  test.each<[string, Entry[], number | null]>([
    ['is that of a hold which nothing was taken from', [sale(6000, { license: 'b', held: 7 })], 7],
    [
      'is not one of a hold that was taken back',
      [
        sale(6000, { license: 'a', held: 3 }),
        refund(6000, { license: 'a', held: 4 }),
        sale(5000, { license: 'b', held: 7 }),
      ],
      7,
    ],
    [
      'counts of a licence what is left when the refund has taken what becomes available first',
      [
        sale(4000, { license: 'a', held: 3 }),
        sale(4000, { license: 'a', held: 6 }),
        refund(5000, { license: 'a' }),
        sale(2000, { license: 'b', held: 5 }),
      ],
      6, // on the 5th 20, on the 6th 20 + 30
    ],
    [
      'waits for what a refund without licence will have taken',
      [refund(2000), sale(5000, { license: 'b', held: 5 }), sale(2000, { license: 'c', held: 8 })],
      8,
    ],
    ['is none where the rest is not enough', [refund(2000), sale(6999, { license: 'b', held: 5 })], null],
  ])('%s', async (_, entries, until) => {
    const partner = await insertEntries(entries)
    expect((await standingOf(partner)).until).toBe(until)
  })

  test('is the day on which the balance itself says so', async () => {
    const partner = await insertEntries([
      sale(4000, { license: 'a', held: 3 }),
      sale(4000, { license: 'a', held: 6 }),
      refund(1500, { license: 'a' }),
      refund(1000),
      sale(2500, { license: 'b', held: 5 }),
      sale(1000, { license: 'b', held: 9 }),
    ])
    const { until } = await standingOf(partner)
    const at = async (day: number) => {
      const asOf = new Date(`2025-04-${String(day).padStart(2, '0')}T00:00:00Z`)
      return (await balances(database.db, account, asOf, { partners: [partner] })).get(partner)?.balance.available
    }
    expect([await at(5), until, await at(6)]).toEqual([4000n, 6, 8000n])
  })

  test('where no minimum is asked for it is the day on which nothing is owed back', async () => {
    const free = { ...account, withdrawalMinimum: 0n }
    const [never, partner] = [
      await insertEntries([refund(3000), sale(1000, { held: 4 }), sale(1000, { held: 6 })], 500),
      await insertEntries([refund(1000), sale(1000, { held: 4 }), sale(4000, { held: 6 })], 2500),
    ]
    const standings = await payoutStandings(database.db, free, THEN)
    const found = (id: string) => standings.find(({ partnerId }) => partnerId === id)
    expect(found(never)).toMatchObject({ balance: { available: -1500n, pending: 0n }, heldUntil: undefined })
    // −10 − 25 = −35; the refund's 10 come from the hold of 50. On the 4th −25, of which 10 come from the 40 still on hold.
    expect(found(partner)).toMatchObject({ balance: { available: -2500n, pending: 4000n } })
    expect(found(partner)?.heldUntil).toEqual(new Date('2025-04-06T00:00:00Z'))
  })
})

describe('a refund marked blocked', () => {
  test.each<[string, Entry[], { available: number; pending: number; blocked: number }]>([
    ['sets nothing free', [sale(10_000), refund(6000, { blocked: true })], { available: 4000, pending: 0, blocked: 0 }],
    [
      'takes first what is blocked of its licence',
      [
        sale(3000, { license: 'a' }),
        sale(6000, { license: 'a', blocked: true }),
        refund(6000, { license: 'a', blocked: true }),
      ],
      { available: 3000, pending: 0, blocked: 0 },
    ],
    [
      'beyond that what is on hold of it',
      [
        sale(1000, { license: 'a', blocked: true }),
        sale(6000, { license: 'a', held: 5 }),
        refund(5000, { license: 'a', blocked: true }),
      ],
      { available: 0, pending: 2000, blocked: 0 },
    ],
    [
      'takes nothing of what is blocked of another licence',
      [
        sale(6000, { license: 'a', blocked: true }),
        sale(6000, { license: 'b' }),
        refund(6000, { license: 'b', blocked: true }),
      ],
      { available: 0, pending: 0, blocked: 6000 },
    ],
    [
      'of a blocked licence takes what that brought, and beyond it what is available',
      [sale(2000, { license: 'blocked' }), refund(3000, { license: 'blocked' }), sale(5000)],
      { available: 4000, pending: 0, blocked: 0 },
    ],
    [
      'without licence takes what is blocked without licence',
      [sale(4000, { blocked: true }), refund(1000, { blocked: true }), sale(6000, { license: 'a' })],
      { available: 6000, pending: 0, blocked: 3000 },
    ],
  ])('%s', async (_, entries, wanted) => {
    expect(await standingOf(await insertEntries(entries))).toMatchObject(wanted)
  })
})

test('a refund more never makes more available or pending, and parts add up', async () => {
  const entry = fc.record({
    amount: fc.integer({ min: -40, max: 60 }).filter((amount) => amount !== 0),
    license: fc.constantFrom(undefined, 'a', 'b', 'blocked'),
    held: fc.constantFrom(undefined, 4, 9),
    blocked: fc.constantFrom(false, false, true),
  })
  const given = fc.sample(fc.record({ entries: fc.array(entry, { maxLength: 6 }), more: entry }), {
    numRuns: 60,
    seed: 4,
  })
  const pairs: [string, string][] = []
  for (const { entries, more } of given)
    pairs.push([
      await insertEntries(entries as Entry[]),
      await insertEntries([...entries, { ...more, amount: -Math.abs(more.amount) }] as Entry[]),
    ])
  const all = await balances(database.db, account, THEN)
  for (const [without, having] of pairs) {
    const [a, b] = [all.get(without)?.balance, all.get(having)?.balance]
    if (!b) throw new Error('expected a balance')
    expect(b.available + b.pending + b.blocked + b.withdrawn).toBe(b.total)
    expect(b.blocked >= 0n && b.pending >= 0n).toBe(true)
    expect(b.available <= (a?.available ?? 0n), `${without} ${having}`).toBe(true)
    expect(b.pending <= (a?.pending ?? 0n), `${without} ${having}`).toBe(true)
  }
})
