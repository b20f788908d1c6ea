import { mkdtemp, rm } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openClient } from '../../../db/connection/client.ts'
import { claimDeliveries, saveMails } from '../../../db/ledger/deliveries/claims.ts'
import { findDelivery } from '../../../db/ledger/deliveries/lists.ts'
import { releaseDeadClaims } from '../../../db/ledger/deliveries/lost-claims.ts'
import { cancelRun } from '../../../db/ledger/runs/control.ts'
import type { ReportDefinition } from '../../../jobs/report.ts'
import { monthlySummary } from '../../../templates/monthly-summary/index.ts'
import { type DeliverContext, deliver } from '../../../worker/delivery/deliver.ts'
import { createInFlight } from '../../../worker/delivery/in-flight.ts'
import { batchLedger, type MailLedger } from '../../../worker/delivery/ledger.ts'
import { createMailer } from '../../../worker/delivery/mail/mailer.ts'
import { createLocalQueue } from '../../../worker/queue/local.ts'
import { openDiskStorage } from '../../../worker/storage/disk.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertAccount, insertPartner } from '../../support/factories.ts'
import { insertDelivery, insertRun, insertStatement, insertWorker } from '../../support/ledger.ts'
import { startRawServer } from '../../support/smtp.ts'
import { sealedSummary } from '../../support/summary.ts'
import { until } from '../../support/until.ts'

/** What has no place to be sent from is not claimed: ten mails at a time, however many jobs look at deliveries. */
const PLACES = 10
const MANY = 40
const NOW = new Date('2026-11-01T06:00:10Z')
const log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} } as never
const reports = new Map([
  ['monthly-summary', { name: 'monthly-summary', template: monthlySummary } as unknown as ReportDefinition],
])

let database: TestDatabase
let home: string
const closing: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  database = await freshDatabase()
  home = await mkdtemp(join(tmpdir(), 'bursar-places-'))
  await insertAccount(database.db)
  await insertPartner(database.db, { partner_id: 'p1' })
})
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})
afterAll(async () => {
  await database.close()
  await rm(home, { recursive: true })
})

async function contextTo(smtpUrl: string, some: Partial<DeliverContext> = {}): Promise<DeliverContext> {
  const { db = database.db } = some
  const clock = () => NOW
  const mailer = createMailer({ smtpUrl, outbox: join(home, 'outbox'), clock, log, grace: 500 })
  closing.push(mailer.close)
  const mailFrom = { name: 'Bursar', address: 'bursar@from.example', domain: 'from.example' }
  return {
    db,
    ledger: batchLedger(db),
    storage: openDiskStorage(join(home, 'files')),
    mailer,
    reports,
    settings: { publicUrl: 'https://bursar.example', mailFrom, secret: 'a secret of this test' },
    workerId: await insertWorker(database.db),
    inFlight: createInFlight(),
    mayWork: async () => true,
    clock,
    log,
    ...some,
  }
}

/** Due deliveries of one run. */
async function due(count: number) {
  const { db } = database
  const { id: run_id } = await insertRun(db)
  const { canonical, sha256 } = sealedSummary()
  const { id: statement_id } = await insertStatement(db, { run_id, sealed: canonical, sha256, subject_id: 'p1' })
  const address = (i: number) => `partner-${run_id}-${i}@partner.example`
  const inserted = Array.from({ length: count }, (_, i) =>
    insertDelivery(db, { run_id, statement_id, subject_id: 'p1', address: address(i) }),
  )
  return { run_id, deliveries: await Promise.all(inserted) }
}

/** A server that has mails in full and does not say so before it is let. */
async function stallingServer() {
  const held: Socket[] = []
  let isOpen = false
  const server = await startRawServer({
    dot: (socket) => {
      if (!isOpen) held.push(socket)
      return isOpen ? '250 taken' : undefined
    },
  })
  closing.push(server.close)
  const open = () => {
    isOpen = true
    for (const socket of held) socket.write('250 taken\r\n')
  }
  return { ...server, held, open }
}

const send = (context: DeliverContext, { id }: { id: string }) => deliver(context, { accountId: 1, deliveryId: id })

const standing = async (run_id: string) => {
  const { rows } = await sql<{ status: string; n: number }>`select status, count(*)::int as n from deliveries
    where run_id = ${run_id} group by 1 order by 1`.execute(database.db)
  return Object.fromEntries(rows.map(({ status, n }) => [status, n]))
}

/** Many jobs look at deliveries, and every place is taken by a mail that the server has. */
async function fullyUnderWay() {
  const server = await stallingServer()
  const context = await contextTo(server.url)
  const { run_id, deliveries } = await due(MANY)
  const done = Promise.all(deliveries.map((one) => send(context, one)))
  await until(async () => server.held.length === PLACES, 'every place is taken')
  return { server, context, run_id, deliveries, done }
}

test('a cancelled run sends nothing but what is out already', async () => {
  const { server, run_id, done } = await fullyUnderWay()
  expect(await standing(run_id)).toEqual({ pending: MANY - PLACES, sending: PLACES })
  expect(await cancelRun(database.db, { account_id: 1, id: run_id }, NOW)).toBe(true)
  server.open()
  await done
  expect(server.state.taken).toBe(PLACES)
  expect(await standing(run_id)).toEqual({ cancelled: MANY - PLACES, sent: PLACES })
})

test('what a worker taken for dead was about to send goes out once, through another', async () => {
  const { server, context, deliveries, done } = await fullyUnderWay()
  const quick = await startRawServer()
  closing.push(quick.close)
  const other = await contextTo(quick.url)
  const silent = sql`update workers set seen_at = clock_timestamp() - interval '30 seconds' where id = ${context.workerId}::uuid`
  await silent.execute(database.db)
  expect(await releaseDeadClaims(database.db, other.workerId)).toHaveLength(PLACES)
  await Promise.all(deliveries.map((one) => send(other, one)))
  server.open()
  await done
  expect({ here: server.state.taken, there: quick.state.taken }).toEqual({ here: PLACES, there: MANY })
})

test('a process that ends leaves what is not out as it was, without an attempt', async () => {
  const { server, context, run_id, done } = await fullyUnderWay()
  const closed = context.mailer.close()
  server.open()
  await Promise.all([closed, done])
  expect(await standing(run_id)).toEqual({ pending: MANY - PLACES, sent: PLACES })
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from delivery_attempts a
    join deliveries d on d.account_id = a.account_id and d.id = a.delivery_id where d.run_id = ${run_id}`.execute(
    database.db,
  )
  expect(rows).toEqual([{ n: PLACES }])
})

test('no more mails are out without an outcome on the ledger than there are places', async () => {
  const server = await startRawServer()
  closing.push(server.close)
  const context = await contextTo(server.url)
  let settle = () => {}
  const held = new Promise<void>((back) => {
    settle = back
  })
  const ledger: MailLedger = { ...context.ledger, settle: (ended) => held.then(() => context.ledger.settle(ended)) }
  const { run_id, deliveries } = await due(14)
  const outcomes = deliveries.map((one) => send({ ...context, ledger }, one))
  await until(async () => server.state.taken === PLACES, 'ten mails are out')
  expect(await standing(run_id)).toEqual({ pending: 4, sending: PLACES })
  settle()
  for (const outcome of await Promise.all(outcomes)) expect(outcome).toMatchObject({ settled: true })
  expect(server.state.taken).toBe(14)
})

test('a queue that is closed waits for the outcomes of its mails, and takes no more', async () => {
  const server = await stallingServer()
  const context = await contextTo(server.url)
  const { run_id, deliveries } = await due(1)
  let looked = 0
  const deliverOne = async ({ accountId, deliveryId }: { accountId: number; deliveryId: string }) => {
    looked++
    await deliver(context, { accountId, deliveryId })
  }
  const handlers = { run: async () => {}, render: async () => {}, deliver: deliverOne }
  const queue = createLocalQueue(() => handlers, { concurrency: 4, clock: () => NOW, onError: () => {} })
  const [one] = deliveries
  const job = { name: 'deliver', data: { accountId: 1, deliveryId: one?.id ?? '' }, due: NOW } as const
  await queue.add([job])
  await until(async () => server.held.length === 1, 'the mail is out')
  const closed = queue.close()
  server.open()
  await closed
  expect(await standing(run_id)).toEqual({ sent: 1 })
  await queue.add([job])
  expect(looked).toBe(1)
})

test('the outcome of a mail outlasts a statement that was cut off', async () => {
  const client = openClient(`${database.url}?options=-c%20statement_timeout%3D300`)
  closing.push(client.close)
  const { run_id, deliveries } = await due(1)
  const [one] = deliveries
  let release = () => {}
  const server = await startRawServer({
    dot: (socket) => {
      const held = new Promise<void>((back) => {
        release = back
      })
      void database.db.transaction().execute(async (transaction) => {
        await sql`select from deliveries where id = ${one?.id}::uuid for update`.execute(transaction)
        socket.write('250 taken\r\n')
        await held
      })
      return undefined
    },
  })
  closing.push(server.close)
  let cutOff = () => {}
  const waited = new Promise<void>((back) => {
    cutOff = back
  })
  const warned = { ...(log as object), warn: () => cutOff() } as never
  const outcome = send(await contextTo(server.url, { db: client.db, log: warned }), one as { id: string })
  await waited
  release()
  expect(await outcome).toMatchObject({ settled: true })
  expect(await standing(run_id)).toEqual({ sent: 1 })
})

test('an attempt that was given up cannot write into the next one of the same worker', async () => {
  const { db } = database
  const [one] = (await due(1)).deliveries
  const workerId = await insertWorker(db)
  const request = { accountId: 1, id: one?.id ?? '', workerId, now: NOW }
  const [first] = await claimDeliveries(db, [request])
  await sql`update workers set seen_at = clock_timestamp() - interval '30 seconds' where id = ${workerId}::uuid`.execute(
    db,
  )
  await releaseDeadClaims(db, crypto.randomUUID())
  expect(await claimDeliveries(db, [request])).toMatchObject([{ attempts: 2 }])
  expect(await saveMails(db, [{ claim: first as never, messageId: '<a@b>', sha256: 'ff' }])).toEqual([])
  expect(await findDelivery(db, request.id)).toMatchObject({ message_id: null, mail_sha256: null })
})
