import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changePercent, currencyExponent, decimal, divideRounded, percent } from '../../../db/values/money.ts'
import { parseMoney } from '../../support/money.ts'

describe('money', () => {
  it.each([
    ['12.34', 'USD', 1234n],
    ['12.30', 'USD', 1230n],
    ['-0.05', 'USD', -5n],
    ['1000000000000000.00', 'USD', 100_000_000_000_000_000n],
    ['1234', 'JPY', 1234n],
    ['1.234', 'KWD', 1234n],
    ['12.50', 'HUF', 1250n],
    ['0.00', 'USD', 0n],
  ])('writes %s %s', (text, currency, minor) => {
    expect(decimal(minor, currency)).toBe(text)
  })

  it('writes what reads the same again, in every currency', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }),
        fc.constantFrom('USD', 'JPY', 'KWD', 'CLF', 'HUF'),
        (amount, currency) => {
          expect(parseMoney(decimal(amount, currency), currency)).toBe(amount)
        },
      ),
    )
  })

  it('counts digits as ISO 4217 does, not as they are shown', () => {
    expect(['JPY', 'USD', 'KWD', 'HUF', 'CLF'].map(currencyExponent)).toEqual([0, 2, 3, 2, 4])
    expect(() => currencyExponent('usd')).toThrow(RangeError)
  })
})

describe('rates', () => {
  it.each([
    [1n, 3n, 33.3],
    [2n, 3n, 66.7],
    [1n, 8n, 12.5],
    [1n, 2000n, 0.1],
    [-1n, 2000n, -0.1],
    [0n, 5n, 0],
    [5n, 0n, null],
  ])('%d of %d is %s per cent', (part, whole, expected) => {
    expect(percent(part, whole)).toBe(expected)
  })

  it('says how much changed, against the size of what was before', () => {
    expect(changePercent(25_050n, 20_000n)).toBe(25.3)
    expect(changePercent(50n, -100n)).toBe(150)
    expect(changePercent(50n, 0n)).toBeNull()
  })

  it('rounds halves away from zero', () => {
    expect([5n, -5n, 15n, -15n, 14n].map((n) => divideRounded(n, 10n))).toEqual([1n, -1n, 2n, -2n, 1n])
  })
})
