import { afterAll, beforeAll, expect, test } from 'vitest'
import { findDelivery, listAttempts } from '../../../db/ledger/deliveries/lists.ts'
import { batchLedger } from '../../../worker/delivery/ledger.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertAccount } from '../../support/factories.ts'
import { insertDelivery, insertRun, insertStatement, insertWorker } from '../../support/ledger.ts'

const NOW = new Date('2026-11-01T06:00:10Z')

let database: TestDatabase
let me: string
beforeAll(async () => {
  database = await freshDatabase()
  await insertAccount(database.db)
  me = await insertWorker(database.db)
})
afterAll(() => database.close())

async function due(sealed = '{}') {
  const { db } = database
  const { id: run_id } = await insertRun(db)
  const { id: statement_id } = await insertStatement(db, { run_id, sealed, sha256: 'ff' })
  return insertDelivery(db, { run_id, statement_id })
}

const request = ({ id }: { id: string }, workerId = me) => ({ accountId: 1, id, workerId, now: NOW })

test('two jobs that look at one delivery at the same moment have one claim between them', async () => {
  const ledger = batchLedger(database.db)
  const [one, other] = [await due(), await due()]
  const claims = await Promise.all([one, other, one].map((delivery) => ledger.claim(request(delivery))))
  expect(claims.map((claim) => claim?.id)).toEqual([one.id, other.id, undefined])
  expect(await listAttempts(database.db, one)).toHaveLength(1)
})

test('two workers that ask for the same many at the same time get each once, and neither waits for the other', async () => {
  const [mine, theirs] = [batchLedger(database.db), batchLedger(database.db)]
  const they = await insertWorker(database.db)
  const all = await Promise.all(Array.from({ length: 40 }, () => due()))
  const claims = await Promise.all([
    ...all.map((one) => mine.claim(request(one))),
    ...[...all].reverse().map((one) => theirs.claim(request(one, they))),
  ])
  const ids = claims.flatMap((claim) => claim?.id ?? [])
  expect(ids.sort()).toEqual(all.map(({ id }) => id).sort())
})

test('each has its own letter, saved mail and outcome', async () => {
  const ledger = batchLedger(database.db)
  const deliveries = [await due('{"n":1}'), await due('{"n":2}')]
  const claims = await Promise.all(deliveries.map(async (one) => (await ledger.claim(request(one))) ?? expect.fail()))
  const inputs = await Promise.all([...claims, ...claims].map((claim) => ledger.input(claim)))
  expect(inputs.map((input) => input?.sealed)).toEqual(['{"n":1}', '{"n":2}', '{"n":1}', '{"n":2}'])

  const lost = { ...claims[1], claimed_by: crypto.randomUUID() } as never
  const saved = await Promise.all([
    ledger.save({ claim: claims[0] as never, messageId: '<a@b>', sha256: 'aa' }),
    ledger.save({ claim: lost, messageId: '<c@d>', sha256: 'cc' }),
  ])
  expect(saved).toEqual([true, false])

  const retryAt = new Date(NOW.getTime() + 30_000)
  const stands = await Promise.all([
    ledger.settle({
      claim: claims[0] as never,
      settlement: { status: 'sent', outcome: 'sent', reply: '250 «ok», "}{\\', nextAttemptAt: null },
      now: NOW,
    }),
    ledger.settle({
      claim: claims[1] as never,
      settlement: { status: 'pending', outcome: 'retry', reply: '451 \ud83d', nextAttemptAt: retryAt },
      now: NOW,
    }),
  ])
  expect(stands).toMatchObject([
    { status: 'sent', next_attempt_at: null },
    { status: 'pending', next_attempt_at: retryAt },
  ])
  expect(await findDelivery(database.db, claims[0]?.id ?? '')).toMatchObject({
    message_id: '<a@b>',
    reply: '250 «ok», "}{\\',
    sent_at: NOW,
  })
  expect(await listAttempts(database.db, claims[1] as never)).toMatchObject([{ outcome: 'retry', ended_at: NOW }])
})

test('an outcome that the database refuses is refused alone', async () => {
  const ledger = batchLedger(database.db)
  const deliveries = [await due(), await due()]
  const claims = await Promise.all(deliveries.map(async (one) => (await ledger.claim(request(one))) ?? expect.fail()))
  const settle = (at: number, reply: string) =>
    ledger.settle({
      claim: claims[at] as never,
      settlement: { status: 'sent', outcome: 'sent', reply, nextAttemptAt: null },
      now: NOW,
    })
  const outcomes = await Promise.allSettled([settle(0, 'a \0 in it'), settle(1, '250 ok')])
  expect(outcomes).toMatchObject([{ status: 'rejected' }, { status: 'fulfilled', value: { status: 'sent' } }])
})
