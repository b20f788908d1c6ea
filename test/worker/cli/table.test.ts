import fc from 'fast-check'
import { expect, test } from 'vitest'
import { table } from '../../../worker/cli/table.ts'

const head = ['RUN', 'REPORT', 'STATEMENTS']
const row = ['3f0c7d0e-0000-4000-8000-000000000000', 'monthly-summary', '1250 rendered, 3 failed, 12 skipped']

test('what is not for a terminal is not cut', () => {
  expect(table(head, [row], Number.POSITIVE_INFINITY).split('\n')[1]).toBe(row.join('  '))
})

test('on a terminal every line fits, and the name of a row stays whole', () => {
  fc.assert(
    fc.property(fc.integer({ min: 60, max: 200 }), (width) => {
      const lines = table(head, [row], width).split('\n')
      return lines.every((line) => line.length <= width) && lines[1]?.startsWith(row[0] as string) === true
    }),
  )
})
