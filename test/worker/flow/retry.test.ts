import { expect, test } from 'vitest'
import { retryOutages } from '../../../worker/flow/retry.ts'

const away = new Error('away')
const isOutage = (error: unknown) => error === away

/** Fails `times` times with `error`, then answers. */
function failing(times: number, error: Error) {
  let calls = 0
  return async () => {
    if (++calls <= times) throw error
    return calls
  }
}

const never = new AbortController().signal

test('an outage is outlasted however many tries it takes, and each is told', async () => {
  const told: unknown[] = []
  const onOutage = (error: unknown) => void told.push(error)
  expect(await retryOutages(failing(300, away), { isOutage, onOutage, over: never, longestPauseMs: 1 })).toBe(301)
  expect(told).toHaveLength(300)
})

test('what does not pass by itself is thrown at once', async () => {
  const wrong = new Error('wrong')
  const patience = { isOutage, onOutage: () => expect.fail('it is none'), over: never }
  await expect(retryOutages(failing(1, wrong), patience)).rejects.toBe(wrong)
})

test('when there is no more time it tries once more instead of waiting for its pause, and lets go', async () => {
  const over = new AbortController()
  const onOutage = () => over.abort()
  const patience = { isOutage, onOutage, over: over.signal, longestPauseMs: 3_600_000 }
  await expect(retryOutages(failing(2, away), patience)).rejects.toBe(away)
  expect(await retryOutages(failing(0, away), { ...patience })).toBe(1)
})
