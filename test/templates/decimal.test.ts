import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addDecimals, signOf } from '../../templates/decimal.ts'

test.each([
  [[], '0'],
  [['1.10', '2.20'], '3.30'],
  [['0.05', '-0.10'], '-0.05'],
  [['0', '12.34'], '12.34'],
  [['1200', '-1300'], '-100'],
  [['1.234', '1'], '2.234'],
  [['90071992547409.93', '0.01'], '90071992547409.94'],
] as const)('the sum of %j is %s', (amounts, sum) => {
  expect(addDecimals(amounts)).toBe(sum)
})

test('sums are exact in any order and grouping', () => {
  const amount = fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }).map((cents) => {
    const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0')
    return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
  })
  fc.assert(
    fc.property(fc.array(amount, { minLength: 1 }), (amounts) => {
      const sum = addDecimals(amounts)
      const cents = amounts.reduce((total, one) => total + BigInt(one.replace('.', '')), 0n)
      expect(BigInt(sum.replace('.', ''))).toBe(cents)
      expect(amounts.reduce((total, one) => addDecimals([total, one]))).toBe(sum)
    }),
  )
})

test.each([
  ['-0.01', -1],
  ['0.00', 0],
  ['-0.00', 0],
  ['0.01', 1],
] as const)('the sign of %s is %i', (amount, sign) => {
  expect(signOf(amount)).toBe(sign)
})
