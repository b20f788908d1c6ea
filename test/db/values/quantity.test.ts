import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { quantityOf, sumQuantities } from '../../../db/values/quantity.ts'

describe('quantityOf', () => {
  test.each([
    ['0', 0],
    ['30', 30],
    ['-12.50', -12.5],
    ['0.1', 0.1],
    ['100.000', 100],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['9007199254740993', '9007199254740993'],
    ['0.12345678901234567891', '0.12345678901234567891'],
  ])('%s → %o', (text, quantity) => {
    expect(quantityOf(text)).toBe(quantity)
  })
})

describe('sumQuantities', () => {
  test.each([
    [[], '0'],
    [['0.1', '0.2'], '0.3'],
    [['10', '-10.00'], '0'],
    [['-0.05'], '-0.05'],
    [['99999999999999999999.99', '0.01'], '100000000000000000000'],
  ])('%o → %s', (parts, sum) => {
    expect(sumQuantities(parts)).toBe(sum)
  })

  test('is the sum of cents, whatever their order', () => {
    const cents = fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }))
    fc.assert(
      fc.property(cents, (values) => {
        const texts = values.map((value) => `${value < 0 ? '-' : ''}${Math.abs(value) / 100}`)
        const sum = values.reduce((total, value) => total + value, 0)
        expect(Math.round(Number(sumQuantities(texts)) * 100)).toBe(sum)
        expect(sumQuantities(texts.toReversed())).toBe(sumQuantities(texts))
      }),
    )
  })
})
