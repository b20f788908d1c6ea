import pino from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openLedgerClock } from '../../../worker/runtime/ledger-clock.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { until } from '../../support/until.ts'

const HOUR_MS = 3_600_000
const log = pino({ level: 'silent' })
let database: TestDatabase
beforeEach(async () => {
  database = await freshDatabase()
})
afterEach(async () => {
  vi.useRealTimers()
  await database.close()
})

test.each([HOUR_MS, -HOUR_MS])(
  'a clock that is set by %s ms is followed nowhere and trusted no more, at once',
  async (by) => {
    const clock = await openLedgerClock(database.pool, () => new Date(), log)
    const right = Date.now()
    expect(clock.trouble()).toBeUndefined()
    vi.useFakeTimers({ toFake: ['Date'], now: right + by })
    for (const isCompared of [false, true]) {
      if (isCompared) await clock.compare()
      expect(clock.trouble()).toMatch(by > 0 ? /36\d\d s ahead of/ : /3[56]\d\d s behind/)
      for (const told of [clock.now().getTime(), clock.stamp()]) expect(Math.abs(told - right)).toBeLessThan(20_000)
    }
    vi.useRealTimers()
    expect(clock.trouble()).toBeUndefined()
  },
)

test('a leap is looked into at once, without anybody asking: after a sleep the clock is right, and must not stay behind', async () => {
  const lines: string[] = []
  const clock = await openLedgerClock(
    database.pool,
    () => new Date(),
    pino({ level: 'error' }, { write: (line: string) => void lines.push(line) }),
  )
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 8 * HOUR_MS })
  clock.now()
  await until(() => lines.length > 0, 'it has asked the database')
  expect(lines).toEqual([expect.stringContaining('THE CLOCK IS WRONG')])
})

test('a clock of a test that stands still goes on standing still; locks go by the time that passes', async () => {
  const clock = await openLedgerClock(database.pool, () => new Date('2026-11-01T06:00:00Z'), log)
  expect(clock.now()).toEqual(new Date('2026-11-01T06:00:00Z'))
  expect(Math.abs(clock.stamp() - Date.now())).toBeLessThan(1_000)
})
