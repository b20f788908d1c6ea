import { expect, test } from 'vitest'
import { hint } from '../../../worker/values/suggest.ts'

const names = ['monthly-summary', 'reseller-weekly', 'leads-timeline', 'runs', 'run']

test.each([
  ['montly-summary', ' (did you mean monthly-summary?)'],
  ['Monthly_Summary', ' (did you mean monthly-summary?)'],
  ['monthly', ''],
  ['leads-timelien', ' (did you mean leads-timeline?)'],
  ['nru', ' (did you mean run?)'],
  ['', ''],
  ['something else entirely', ''],
  ['x'.repeat(100_000), ''],
])('a name that is nearly known gets a hint: %s', (name, expected) => {
  expect(hint(name, names)).toBe(expected)
})
