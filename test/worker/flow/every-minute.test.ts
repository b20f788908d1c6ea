import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { everyMinute } from '../../../worker/flow/every-minute.ts'
import { oneAtATime } from '../../../worker/flow/one-at-a-time.ts'

describe('every minute', () => {
  const MINUTE = 60_000
  let looks: string[]
  let minutes: { close: () => Promise<void> }
  beforeEach(() => {
    vi.useFakeTimers({ now: new Date('2026-10-25T00:58:30Z') })
    looks = []
    minutes = everyMinute(() => looks.push(new Date().toISOString().slice(11, 19)))
  })
  afterEach(async () => {
    await minutes.close()
    vi.useRealTimers()
  })

  it('is every whole one', async () => {
    await vi.advanceTimersByTimeAsync(3 * MINUTE)
    expect(looks).toEqual(['00:59:00', '01:00:00', '01:01:00'])
  })

  it('comes at once after a sleep of days, and goes on', async () => {
    vi.setSystemTime(new Date('2026-12-01T08:00:05Z'))
    await vi.advanceTimersByTimeAsync(MINUTE)
    expect(looks).toEqual(['08:00:15', '08:01:00'])
  })

  it('goes on when the clock is set back', async () => {
    vi.setSystemTime(new Date('2026-10-24T21:00:05Z'))
    await vi.advanceTimersByTimeAsync(MINUTE)
    expect(looks).toEqual(['21:00:15', '21:01:00'])
  })
})

describe('one at a time', () => {
  it('runs once more for all who ask while it runs', async () => {
    const releases: (() => void)[] = []
    const { ask, settled } = oneAtATime(() => new Promise<void>((done) => releases.push(done)))
    const first = ask()
    await vi.waitFor(() => expect(releases).toHaveLength(1))
    const later = [ask(), ask(), ask()]
    releases[0]?.()
    await first
    await vi.waitFor(() => expect(releases).toHaveLength(2))
    releases[1]?.()
    await Promise.all(later)
    await settled()
    expect(releases).toHaveLength(2)
  })
})
