import fc from 'fast-check'
import { type Account, findAccount } from '../../db/access/accounts.ts'
import type { Database } from '../../db/connection/client.ts'
import { insertAccount, insertPartner } from '../support/factories.ts'
import { makeMonths } from '../support/months.ts'

/** A program made up by fast-check: three partners, a year and a half of entries and withdrawals, in minor units. */
export interface Entry {
  readonly partner: string
  readonly kind: string
  readonly program: string
  readonly product: string
  readonly amount: number
  readonly earned: Date
  readonly heldDays: number
  readonly blocked: boolean
  readonly license: string | null
}
export interface Withdrawal {
  readonly partner: string
  readonly amount: number
  readonly status: string
  readonly requested: Date
}
export interface GeneratedProgram {
  readonly timeZone: string
  readonly entries: readonly Entry[]
  readonly withdrawals: readonly Withdrawal[]
}

export const PARTNERS = ['one', 'two', 'three']
export const BLOCKED_LICENSE = 'blocked-license'

/** Instants crowd around the turns of months, where a wrong comparison shows. */
const instant = fc.oneof(
  fc.date({ min: new Date('2024-01-01T00:00:00Z'), max: new Date('2025-07-01T00:00:00Z'), noInvalidDate: true }),
  fc
    .tuple(fc.integer({ min: 0, max: 17 }), fc.integer({ min: -30, max: 30 }))
    .map(([month, halfHours]) => new Date(Date.UTC(2024, month) + halfHours * 1_800_000)),
)
const partner = fc.constantFrom(...PARTNERS)

export const program: fc.Arbitrary<GeneratedProgram> = fc.record({
  timeZone: fc.constantFrom('UTC', 'Europe/Warsaw', 'America/Sao_Paulo', 'Asia/Kolkata', 'Australia/Lord_Howe'),
  entries: fc.array(
    fc.record({
      partner,
      kind: fc.constantFrom('commission', 'commission', 'referral', 'refund', 'adjustment', 'discount'),
      program: fc.constantFrom('affiliate', 'solution'),
      product: fc.constantFrom('desk', 'chat', '__proto__'),
      amount: fc.integer({ min: -50_000, max: 100_000 }),
      earned: instant,
      heldDays: fc.constantFrom(0, 0, 14, 60),
      blocked: fc.nat(9).map((n) => n === 0),
      license: fc.constantFrom(null, null, 'license', BLOCKED_LICENSE),
    }),
    { maxLength: 60 },
  ),
  withdrawals: fc.array(
    fc.record({
      partner,
      amount: fc.integer({ min: 1, max: 50_000 }),
      status: fc.constantFrom('pending', 'paid', 'rejected'),
      requested: instant,
    }),
    { maxLength: 12 },
  ),
})

export const availableAt = ({ earned, heldDays }: Entry): Date => new Date(earned.getTime() + heldDays * 86_400_000)

let lastAccount = 0

/** Puts the program into an account of its own. */
export async function insertGenerated(
  db: Database,
  { timeZone, entries, withdrawals }: GeneratedProgram,
): Promise<Account> {
  const account_id = ++lastAccount
  await insertAccount(db, { account_id, timezone: timeZone })
  for (const partner_id of PARTNERS) await insertPartner(db, { account_id, partner_id })
  const owned = {
    account_id,
    partner_id: 'one',
    program: 'affiliate',
    product: 'desk',
    created_at: '2024-01-01T00:00:00Z',
  }
  await db
    .insertInto('licenses')
    .values([
      { ...owned, license_id: 'license' },
      { ...owned, license_id: BLOCKED_LICENSE, blocked: true },
    ])
    .execute()
  const money = { account_id, currency: 'USD', is_foreign: false }
  const commissions = entries.map((entry, i) => ({
    ...money,
    commission_id: `c${i}`,
    partner_id: entry.partner,
    kind: entry.kind,
    program: entry.program,
    product: entry.product,
    amount: entry.amount,
    earned_at: entry.earned,
    available_at: availableAt(entry),
    blocked: entry.blocked,
    license_id: entry.license,
  }))
  const earned = entries.map((entry) => entry.earned)
  await makeMonths(db, 'commissions', earned)
  if (commissions.length > 0) await db.insertInto('commissions').values(commissions).execute()
  const requests = withdrawals.map(({ partner, amount, status, requested }, i) => ({
    ...money,
    withdrawal_id: i + 1,
    partner_id: partner,
    amount,
    status,
    requested_at: requested,
  }))
  if (requests.length > 0) await db.insertInto('withdrawals').values(requests).execute()
  return (await findAccount(db, account_id)) as Account
}
