import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shareOut, shrinkFor, type Wish } from '../../../templates/pdf/parts/widths.ts'

const wish = fc.record({ width: fc.double({ min: 1, max: 900, noNaN: true }), fixed: fc.boolean() })

test('columns fill the room, none is without width', () => {
  fc.assert(
    fc.property(fc.array(wish, { minLength: 1, maxLength: 12 }), (wishes) => {
      const widths = shareOut(wishes, 511)
      expect(widths.reduce((sum, width) => sum + width, 0)).toBeCloseTo(511, 3)
      for (const width of widths) expect(width).toBeGreaterThan(0)
    }),
  )
})

test('numbers keep their width and long texts share what is left', () => {
  const wishes: Wish[] = [
    { width: 40, fixed: false },
    { width: 400, fixed: false },
    { width: 400, fixed: false },
    { width: 100, fixed: true },
  ]
  expect(shareOut(wishes, 500)).toEqual([40, 180, 180, 100])
})

test('letters shrink where numbers would not fit', () => {
  const numbers = Array.from({ length: 8 }, (): Wish => ({ width: 100, fixed: true }))
  expect(shrinkFor([{ width: 60, fixed: false }, ...numbers], 500)).toBeCloseTo(410 / 800)
  expect(shrinkFor([{ width: 60, fixed: true }], 500)).toBe(1)
})
