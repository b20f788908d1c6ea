import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Claim, claimDeliveries, listOpenDeliveries, saveMails } from '../../../../db/ledger/deliveries/claims.ts'
import { findDelivery, listAttempts, searchDeliveries } from '../../../../db/ledger/deliveries/lists.ts'
import { releaseDeadClaims } from '../../../../db/ledger/deliveries/lost-claims.ts'
import { cancelDeliveries, insertResend } from '../../../../db/ledger/deliveries/requests.ts'
import { retryDeliveries } from '../../../../db/ledger/deliveries/retries.ts'
import { type Settlement, settleDeliveries } from '../../../../db/ledger/deliveries/settlements.ts'
import { deleteSuppressions, findSuppression, listSuppressions } from '../../../../db/ledger/deliveries/suppressions.ts'
import type { DeliveryStatus } from '../../../../db/values/statuses.ts'
import { freshDatabase, type TestDatabase } from '../../../support/database.ts'
import { insertAccount } from '../../../support/factories.ts'
import { insertDelivery, insertRun, insertStatement, insertWorker } from '../../../support/ledger.ts'

let database: TestDatabase
let me: string
beforeAll(async () => {
  database = await freshDatabase()
  await insertAccount(database.db)
  me = await insertWorker(database.db)
})
afterAll(() => database.close())

const NOW = new Date('2026-11-01T06:00:10Z')
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000)

async function due(
  delivery: Partial<Parameters<typeof insertDelivery>[1]> = {},
  run: Parameters<typeof insertRun>[1] = {},
) {
  const { db } = database
  const { id: run_id } = await insertRun(db, run)
  const { id: statement_id } = await insertStatement(db, { run_id })
  return insertDelivery(db, { run_id, statement_id, ...delivery })
}

const claim = async (id: string, workerId = me, now = NOW) =>
  (await claimDeliveries(database.db, [{ accountId: 1, id, workerId, now }]))[0]
const settle = async (claim: Claim, settlement: Settlement, now: Date) => {
  const [stands] = await settleDeliveries(database.db, [{ claim, settlement, now }])
  return stands && { status: stands.status, next_attempt_at: stands.next_attempt_at }
}
const save = async (claim: Claim, messageId: string, sha256: string) =>
  (await saveMails(database.db, [{ claim, messageId, sha256 }])).length
const row = (id: string) => findDelivery(database.db, id)
const outcome = (some: Partial<Settlement>): Settlement => ({
  status: 'sent',
  outcome: 'sent',
  reply: '250 ok',
  nextAttemptAt: null,
  ...some,
})
const again = (at: Date) => outcome({ status: 'pending', outcome: 'retry', reply: '451 later', nextAttemptAt: at })

test('of twenty who ask at once, one gets it, and the attempt stands before anything is sent', async () => {
  const { id } = await due()
  const claims = await Promise.all(Array.from({ length: 20 }, () => claim(id)))
  expect(claims.filter(Boolean)).toHaveLength(1)
  expect(await row(id)).toMatchObject({ status: 'sending', attempts: 1, claimed_by: me, first_attempt_at: NOW })
  expect(await listAttempts(database.db, { account_id: 1, id })).toMatchObject([{ attempt: 1, outcome: null }])
})

test.each<[string, Parameters<typeof insertDelivery>[1] | object, object]>([
  ['not due yet', { next_attempt_at: later(3) }, {}],
  ['without its files', { next_attempt_at: null }, {}],
  ['sent', { status: 'sent' }, {}],
  ['closed as unknown', { status: 'unknown', next_attempt_at: null }, {}],
  ['of a cancelled run', {}, { status: 'cancelled' }],
])('%s is not claimed', async (_, delivery, run) => {
  const { id, status } = await due(delivery, run)
  expect(await claim(id)).toBeUndefined()
  expect(await row(id)).toMatchObject({ status, attempts: 0 })
})

test('a resend of a cancelled run is claimed: somebody asked for it', async () => {
  const { id, run_id } = await due({ status: 'sent' }, { status: 'cancelled' })
  const resend = await insertResend(database.db, { deliveryId: id, to: 'me@x.example', requestedBy: 'key 1', now: NOW })
  expect(resend).toMatchObject({ run_id, address: 'me@x.example', resend_of: id, status: 'pending' })
  expect(await claim(resend?.id ?? '')).toMatchObject({ status: 'sending' })
})

test('settling closes the delivery and its attempt, once', async () => {
  const mine = await claim((await due()).id)
  if (!mine) throw new Error('not claimed')
  expect(await save(mine, '<a@b>', 'ff')).toBe(1)
  expect(await settle(mine, outcome({}), later(1))).toEqual({
    status: 'sent',
    next_attempt_at: null,
  })
  expect(await row(mine.id)).toMatchObject({
    status: 'sent',
    sent_at: later(1),
    reply: '250 ok',
    message_id: '<a@b>',
    claimed_by: null,
  })
  expect(await listAttempts(database.db, mine)).toMatchObject([
    { outcome: 'sent', ended_at: later(1), reply: '250 ok' },
  ])
  expect(await settle(mine, again(later(2)), later(2))).toBeUndefined()
  expect(await save(mine, '<c@d>', 'ee')).toBe(0)
})

test('the claim tells how often it was tried since its window began', async () => {
  const { id } = await due()
  for (const attempt of [1, 2, 3]) {
    const mine = await claim(id, me, later(attempt))
    expect(mine).toMatchObject({ attempts: attempt, retries: attempt - 1, unknowns: 0 })
    if (mine) await settle(mine, again(later(attempt)), later(attempt))
  }
  const mine = await claim(id, me, later(10))
  if (mine) await settle(mine, { ...again(later(11)), outcome: 'misconfigured', restartWindow: true }, later(10))
  expect(await claim(id, me, later(20))).toMatchObject({ attempts: 5, retries: 0, first_attempt_at: later(20) })
})

test('a refused address is suppressed with the reply, in the same breath, whatever its case', async () => {
  const { db } = database
  const mine = await claim((await due({ address: 'Gone@x.example' })).id)
  const refused = outcome({ status: 'failed', outcome: 'refused', reply: '550 5.1.1 no such mailbox', suppress: true })
  if (mine) await settle(mine, refused, NOW)
  expect(await findSuppression(db, 'gone@X.example')).toMatchObject({
    address: 'gone@x.example',
    reply: '550 5.1.1 no such mailbox',
    delivery_id: mine?.id,
  })
  expect(await claim((await due({ address: 'GONE@x.example' })).id)).toMatchObject({
    suppressed_by: '550 5.1.1 no such mailbox',
  })
  expect(await listSuppressions(db, { limit: 5, after: { createdAt: later(1), address: '' } })).toHaveLength(1)
  expect(await listSuppressions(db, { limit: 5, after: { createdAt: NOW, address: 'gone@x.example' } })).toEqual([])
  const gone = { address: 'gone@x.example' }
  expect(await deleteSuppressions(db, gone)).toMatchObject([gone])
  expect(await deleteSuppressions(db, gone)).toEqual([])
  await expect(deleteSuppressions(db, {})).rejects.toThrow('which suppressions is not said')
})

test('claims of the dead go back, those of the living and of ourselves stay', async () => {
  const { db } = database
  const [dead, idle, gone] = [await insertWorker(db, { seen_at: NOW }), await insertWorker(db), crypto.randomUUID()]
  const claims = []
  for (const worker of [dead, idle, gone]) claims.push(await claim((await due()).id, worker))
  const orphan = await claim((await due()).id, dead)
  await db
    .updateTable('runs')
    .set({ status: 'cancelled' })
    .where('id', '=', orphan?.run_id ?? '')
    .execute()

  const released = (await releaseDeadClaims(db, gone)).map(({ id }) => id)
  expect(released).toEqual([claims[0]?.id])
  expect(await row(claims[0]?.id ?? '')).toMatchObject({ status: 'pending', claimed_by: null, attempts: 1 })
  expect(await row(orphan?.id ?? '')).toMatchObject({ status: 'unknown', next_attempt_at: null })
  expect((await releaseDeadClaims(db)).map(({ id }) => id)).toContain(claims[2]?.id)
  expect(await row(claims[1]?.id ?? '')).toMatchObject({ status: 'sending' })
  expect(await claim(claims[0]?.id ?? '')).toMatchObject({ attempts: 2 })
  expect(await listAttempts(db, { account_id: 1, id: claims[0]?.id ?? '' })).toMatchObject([
    { outcome: 'died' },
    { outcome: null },
  ])
})

test('an outcome that comes after its worker was taken for dead counts while nobody has taken the mail up again', async () => {
  const { db } = database
  const worker = await insertWorker(db, { seen_at: NOW })
  const claimed = async () => (await claim((await due()).id, worker)) ?? expect.fail('not claimed')
  const [late, retried, cancelled, taken] = [await claimed(), await claimed(), await claimed(), await claimed()]
  await db.updateTable('runs').set({ status: 'cancelled' }).where('id', '=', cancelled.run_id).execute()
  await releaseDeadClaims(db)

  expect(await settle(late, outcome({}), later(1))).toEqual({ status: 'sent', next_attempt_at: null })
  expect(await listAttempts(db, late)).toMatchObject([{ outcome: 'sent', ended_at: later(1) }])
  expect(await claim(late.id, me, later(9))).toBeUndefined()
  expect(await settle(late, again(later(5)), later(2))).toBeUndefined()
  expect(await settle(retried, again(later(5)), NOW)).toMatchObject({ status: 'pending' })
  expect(await row(retried.id)).toMatchObject({ next_attempt_at: later(5) })
  expect(await settle(cancelled, outcome({}), NOW)).toMatchObject({ status: 'sent' })

  // Taken up again even by the same worker, it is another attempt, and only that one's outcome counts.
  const second = (await claim(taken.id, worker)) ?? expect.fail('not claimed')
  expect(await settle(taken, again(later(5)), NOW)).toBeUndefined()
  expect(await row(taken.id)).toMatchObject({ status: 'sending', attempts: 2 })
  expect(await settle(second, outcome({}), NOW)).toMatchObject({ status: 'sent' })
  expect(await listAttempts(db, taken)).toMatchObject([{ outcome: 'died' }, { outcome: 'sent' }])
})

test('cancelling stops what has not left; what is on its way ends by itself and is not tried again', async () => {
  const { db } = database
  const first = await due()
  const { run_id, statement_id } = first
  const add = (some: object) => insertDelivery(db, { run_id, statement_id, ...some })
  const repeat = await add({ status: 'unknown' })
  const sent = await add({ status: 'sent' })
  const flying = await claim((await add({})).id)
  await db.updateTable('runs').set({ status: 'cancelled' }).where('id', '=', run_id).execute()

  expect(await cancelDeliveries(db, { account_id: 1, id: run_id })).toBe(2)
  expect(await row(first.id)).toMatchObject({ status: 'cancelled', next_attempt_at: null })
  expect(await row(repeat.id)).toMatchObject({ status: 'unknown', next_attempt_at: null })
  expect(await row(sent.id)).toMatchObject({ status: 'sent' })
  if (flying)
    expect(await settle(flying, again(later(30)), NOW)).toEqual({
      status: 'cancelled',
      next_attempt_at: null,
    })
})

test('retry takes up what failed, and a suppressed address only once it no longer is', async () => {
  const { db } = database
  const first = await due({ status: 'failed', attempts: 3, first_attempt_at: NOW })
  const { run_id, statement_id } = first
  const add = (status: DeliveryStatus, address: string) => insertDelivery(db, { run_id, statement_id, status, address })
  const refused = await add('failed', 'Refused@x.example')
  const suppressed = await add('suppressed', 'free@x.example')
  const unknown = await add('unknown', 'unknown@x.example')
  const resend = await insertDelivery(db, { run_id, statement_id, status: 'failed', resend_of: first.id })
  await db.insertInto('suppressions').values({ address: 'refused@x.example', reply: '550', created_at: NOW }).execute()

  const own = await db.selectFrom('deliveries').select('address').where('run_id', '=', run_id).execute()
  const taken = await retryDeliveries(db, { account_id: 1, id: run_id }, NOW, () => own.map(({ address }) => address))
  expect(taken.map(({ id }) => id).sort()).toEqual([first.id, suppressed.id].sort())
  expect(await row(first.id)).toMatchObject({
    status: 'pending',
    attempts: 3,
    first_attempt_at: null,
    next_attempt_at: NOW,
  })
  for (const { id, status } of [refused, unknown, resend]) expect(await row(id)).toMatchObject({ status })
})

describe('a retry whose addresses have changed', () => {
  const retry = (run: string, addresses: readonly string[]) =>
    retryDeliveries(database.db, { account_id: 1, id: run }, NOW, () => addresses)
  const list = (run_id: string) =>
    database.db
      .selectFrom('deliveries')
      .select(['id', 'address', 'status', 'replaced_by', 'next_attempt_at'])
      .where('run_id', '=', run_id)
      .orderBy('address')
      .execute()

  test('is a new delivery of the same statement, which replaces the old one', async () => {
    const { db } = database
    const old = await due({ address: 'old@a.test', status: 'suppressed', subject_id: 'p1' })
    const [fresh] = await retry(old.run_id, ['new@a.test'])
    expect(await row(fresh?.id ?? '')).toMatchObject({
      statement_id: old.statement_id,
      address: 'new@a.test',
      status: 'pending',
      next_attempt_at: NOW,
    })
    expect(await row(old.id)).toMatchObject({ status: 'cancelled', replaced_by: fresh?.id })
    // And back again, once the new one was refused too.
    await db
      .updateTable('deliveries')
      .set({ status: 'failed' })
      .where('id', '=', fresh?.id ?? '')
      .execute()
    expect(await retry(old.run_id, ['OLD@a.test'])).toMatchObject([{ id: old.id }])
    expect(await list(old.run_id)).toMatchObject([
      { id: fresh?.id, status: 'cancelled', replaced_by: old.id },
      { id: old.id, status: 'pending', replaced_by: null },
    ])
  })

  test('sends nothing where nobody knows an address, or only one that is suppressed', async () => {
    const old = await due({ address: 'gone@a.test', status: 'failed' })
    await database.db
      .insertInto('suppressions')
      .values({ address: 'shut@a.test', reply: '550', created_at: NOW })
      .execute()
    expect(await retry(old.run_id, [])).toEqual([])
    expect(await retry(old.run_id, ['Shut@a.test'])).toEqual([])
    expect(await row(old.id)).toMatchObject({ status: 'failed', replaced_by: null })
  })

  test('of several recipients mails the one that took another’s place, and nobody twice', async () => {
    const gone = await due({ address: 'gone@a.test', status: 'failed', subject_kind: 'account', subject_id: 'account' })
    const { run_id, statement_id } = gone
    const some = { run_id, statement_id, subject_kind: 'account', subject_id: 'account' }
    const sent = await insertDelivery(database.db, { ...some, address: 'has@a.test', status: 'sent' })
    const taken = await retry(run_id, ['has@a.test', 'new@a.test'])
    expect(taken).toHaveLength(1)
    expect(await list(run_id)).toMatchObject([
      { id: gone.id, status: 'cancelled' },
      { id: sent.id, status: 'sent' },
      { id: taken[0]?.id, address: 'new@a.test', status: 'pending' },
    ])
  })
})

test('a mail that is sent makes good what had failed of the same statement, and a copy for somebody else does not', async () => {
  const { db } = database
  const failed = await due({ status: 'failed', reply: '550 no', subject_id: 'p1', address: 'old@p.test' })
  const sendAgain = async (resend: { to: string; copy: boolean }) => {
    const made = await insertResend(db, { deliveryId: failed.id, requestedBy: 'me', now: NOW, ...resend })
    const mine = (await claim(made?.id ?? '')) ?? expect.fail('not claimed')
    await settle(mine, outcome({}), NOW)
    return mine
  }
  await sendAgain({ to: 'me@owner.test', copy: true })
  expect(await row(failed.id)).toMatchObject({ status: 'failed', replaced_by: null })
  const { id } = await sendAgain({ to: 'new@p.test', copy: false })
  expect(await row(failed.id)).toMatchObject({
    status: 'cancelled',
    replaced_by: id,
    reply: `sent after all as delivery ${id}; before: 550 no`,
  })
})

test('what is due is listed for the sweeper, and pages of the list hold still', async () => {
  const { db } = database
  const first = await due({ next_attempt_at: '2026-10-01T00:00:00Z', created_at: '2026-10-01T00:00:00Z' })
  expect((await listOpenDeliveries(db, NOW, { limit: 1 })).map(({ id }) => id)).toEqual([first.id])
  const { run_id, statement_id } = first
  for (let n = 0; n < 4; n++) await insertDelivery(db, { run_id, statement_id })
  const all = await searchDeliveries(db, { runId: run_id, limit: 10 })
  const pages = []
  for (let after: { createdAt: Date; id: string } | undefined; ; ) {
    const page = await searchDeliveries(db, { runId: run_id, status: 'pending', limit: 2, after })
    pages.push(...page)
    const last = page.at(-1)
    if (!last) break
    after = { createdAt: last.created_at, id: last.id }
    await insertDelivery(db, { run_id, statement_id, created_at: '2026-12-01T00:00:00Z' })
  }
  expect(pages.map(({ id }) => id)).toEqual(all.map(({ id }) => id))
  expect(all.at(-1)?.id).toBe(first.id)
})
