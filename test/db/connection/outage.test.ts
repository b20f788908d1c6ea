import { expect, test } from 'vitest'
import { isAway, isConnectionLoss, isOutage, mayPass } from '../../../db/connection/outage.ts'

const failed = (code: string, message = 'it failed') => Object.assign(new Error(message), { code })

test.each(
  'ECONNREFUSED ECONNRESET EPIPE ETIMEDOUT EHOSTUNREACH ENETUNREACH ENOTFOUND EAI_AGAIN 08000 08001 08003 08004 08006 08P01 57P01 57P02 57P03 53300'.split(
    ' ',
  ),
)('%s says that the database is away', (code) => {
  expect([isAway(failed(code)), isConnectionLoss(failed(code)), isOutage(failed(code))]).toEqual([true, true, true])
})

test.each([
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'Client has encountered a connection error and is not queryable',
  'timeout exceeded when trying to connect',
])('so does "%s"', (message) => expect(isAway(new Error(message))).toBe(true))

test.each([
  ['40001', [false, true, true]],
  ['40P01', [false, true, true]],
  ['53100', [false, false, true]],
  ['25006', [false, false, true]],
  ['57014', [false, false, false]],
  ['23505', [false, false, false]],
  ['22003', [false, false, false]],
  ['42P01', [false, false, false]],
])('%s: away, lost, out of order: %j', (code, expected) => {
  const error = failed(code)
  expect([isAway(error), isConnectionLoss(error), isOutage(error)]).toEqual(expected)
})

test('what a statement did wrong does not pass by itself', () => {
  expect(['22003', '23505', '42P01', '57014', '53100'].map((code) => mayPass(failed(code)))).toEqual([
    false,
    false,
    false,
    true,
    true,
  ])
  expect([isAway('no error'), isAway(undefined)]).toEqual([false, false])
})
