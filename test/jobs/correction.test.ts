import { expect, it } from 'vitest'
import type { FactChange, MoneyFact } from '../../db/queries/fact-changes.ts'
import { correctionOf, type Gap } from '../../jobs/correction.ts'

/** October closed with 100.00; what became of one fact since is said of each case. */
const BOUNDARY = new Date('2026-11-01T00:00:00Z')
const commission = (some: Partial<MoneyFact> = {}): MoneyFact => ({
  partner_id: 'anna',
  amount: 3000,
  currency: 'USD',
  kind: 'commission',
  earned_at: '2026-10-05T00:00:00+00:00',
  ...some,
})
const withdrawal = (some: Partial<MoneyFact> = {}): MoneyFact => ({
  partner_id: 'anna',
  amount: 2000,
  currency: 'USD',
  status: 'paid',
  requested_at: '2026-10-12T00:00:00+00:00',
  ...some,
})
const change = (table: FactChange['table'], before: MoneyFact | null, after: MoneyFact | null): FactChange => ({
  asked: 'anna',
  table,
  key: 'k',
  changedAt: new Date('2026-11-15T12:00:00Z'),
  before,
  after,
})
const told = (opening: string, changes: readonly FactChange[], more: Partial<Gap> = {}) => {
  const held = { period: '2026-10', revision: 2, closing: '100.00', listed: ['k', 'c2'] }
  const gap = {
    partnerId: 'anna',
    currency: 'USD',
    held,
    opening,
    boundary: BOUNDARY,
    changes,
    commissions: [],
    ...more,
  }
  const { difference, entries } = correctionOf(gap)
  return [difference, ...entries.map(({ what, before, after }) => `${what} ${before} ${after}`)]
}

it.each<[string, FactChange['table'], MoneyFact | null, MoneyFact | null, string, string[]]>([
  ['void', 'commissions', commission(), null, '70.00', ['-30.00', 'commission_voided 30.00 null']],
  ['put back', 'commissions', null, commission(), '130.00', ['30.00', 'commission_restored null 30.00']],
  [
    'a refund changed',
    'commissions',
    commission({ amount: -500 }),
    commission({ amount: -900 }),
    '96.00',
    ['-4.00', 'commission_changed -5.00 -9.00'],
  ],
  [
    'no commission any more',
    'commissions',
    commission(),
    commission({ kind: 'discount' }),
    '70.00',
    ['-30.00', 'commission_changed 30.00 null'],
  ],
  ['a withdrawal void', 'withdrawals', withdrawal(), null, '120.00', ['20.00', 'withdrawal_voided -20.00 null']],
  [
    'not rejected after all',
    'withdrawals',
    withdrawal({ status: 'rejected' }),
    withdrawal(),
    '80.00',
    ['-20.00', 'withdrawal_reopened null -20.00'],
  ],
  [
    'asked for later',
    'withdrawals',
    withdrawal(),
    withdrawal({ requested_at: '2026-11-02T00:00:00+00:00' }),
    '120.00',
    ['20.00', 'withdrawal_redated -20.00 null'],
  ],
  [
    'paid, which it counted as already',
    'withdrawals',
    withdrawal({ status: 'pending' }),
    withdrawal(),
    '101.00',
    ['1.00', 'other null 1.00'],
  ],
  [
    'of November',
    'commissions',
    commission({ earned_at: '2026-11-01T00:00:00+00:00' }),
    null,
    '101.00',
    ['1.00', 'other null 1.00'],
  ],
])('%s', (_, table, before, after, opening, expected) => {
  expect(told(opening, [change(table, before, after)])).toEqual(expected)
})

it('says of a fact that changed twice only where it came from and where it is', () => {
  const steps = [
    change('commissions', commission(), commission({ amount: 9000 })),
    change('commissions', commission({ amount: 9000 }), commission({ amount: 1000 })),
  ]
  expect(told('80.00', steps)).toEqual(['-20.00', 'commission_changed 30.00 10.00'])
})

it('does not call late what was changed into the month, and adds nothing up over currencies', () => {
  const entry = { ...commission(), commission_id: 'k', amount: '1' } as never
  expect(
    told('110.00', [change('commissions', commission({ currency: 'EUR' }), null)], { commissions: [entry] }),
  ).toEqual(['10.00', 'commission_voided 30.00 null'])
})
