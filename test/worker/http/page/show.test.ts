import { expect, test } from 'vitest'
import type { Account } from '../../../../db/access/accounts.ts'
import { dayOf } from '../../../../db/values/calendar.ts'
import { showFor } from '../../../../worker/http/page/show.ts'

const zones = [
  { from: dayOf('1970-01-01'), zone: 'Europe/Warsaw' },
  { from: dayOf('2026-12-01'), zone: 'America/Vancouver' },
]
const account = {
  accountId: 1,
  name: 'Acme',
  timeZone: 'America/Vancouver',
  calendar: { zones, used: new Map<number, number>() },
} as unknown as Account

test('an account that moves shows each instant on the clocks of then, and its zone of today', () => {
  const show = showFor([account], new Date('2026-11-27T12:00:00Z'))
  expect(show.zone(1)).toBe('Europe/Warsaw')
  expect(show.when('2026-11-27T12:00:00Z', 1)).toBe('27 Nov 2026, 13:00 GMT+1')
  expect(show.when('2026-12-02T12:00:00Z', 1)).toBe('2 Dec 2026, 05:00 GMT-7')
  expect(showFor([account], new Date('2026-12-27T12:00:00Z')).zone(1)).toBe('America/Vancouver')
})
