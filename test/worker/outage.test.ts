import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SMTPServerOptions } from 'smtp-server'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Client, openClient } from '../../db/connection/client.ts'
import { openEmbedded } from '../../db/embedded/open.ts'
import { findRun, isOpen } from '../../db/ledger/runs/runs.ts'
import { openRequestedRun } from '../../worker/actions/request-run.ts'
import { createMailer } from '../../worker/delivery/mail/mailer.ts'
import { createHandlers } from '../../worker/pipeline.ts'
import { createLocalQueue } from '../../worker/queue/local.ts'
import { migrateAll } from '../../worker/runtime/connections.ts'
import { insertAccount, insertCommission, insertPartner } from '../support/factories.ts'
import { openTestRuntime, type TestRuntime } from '../support/runtime.ts'
import { startMailServer } from '../support/smtp.ts'
import { tally } from '../support/tally-report.ts'
import { until } from '../support/until.ts'

/** A database that goes away between a mail and the writing down of what became of it. */
const NOW = new Date('2026-11-20T12:00:00Z')
let home: string
let server: { readonly url: string; readonly close: () => Promise<void> }
let client: Client
let mails: Awaited<ReturnType<typeof startMailServer>>
let runtime: TestRuntime
let outages: number
let clockAt: Date
let mailer: ReturnType<typeof createMailer>
let failures: Error[]
let queue: ReturnType<typeof createLocalQueue>

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'bursar-outage-'))
  await chmod(home, 0o711) // as root the server is another user
  server = await openEmbedded(home)
  client = openClient(server.url)
  await migrateAll(client.pool, NOW)
  await insertAccount(client.db)
  const { partner_id } = await insertPartner(client.db)
  await insertCommission(client.db, { partner_id, amount: 1, earned_at: '2026-10-05T12:00:00Z' })
  mails = await startMailServer({ onMailFrom: stopDatabase })
  outages = 0
  failures = []
  clockAt = NOW
})
afterEach(async () => {
  await queue.close()
  await mailer.close()
  await runtime.close()
  await mails.close()
  await client.close()
  await server.close()
  await rm(home, { recursive: true, force: true, maxRetries: 5 })
})

const stopDatabase: NonNullable<SMTPServerOptions['onMailFrom']> = (_address, _session, done) =>
  void server.close().then(() => done(), done)

const startDatabase = async () => {
  server = await openEmbedded(home)
}

/** October's run, with one mail that leaves while the database is on its way down. */
async function sendInto(grace?: number) {
  const clock = () => clockAt
  const warn = (_: unknown, text: string) => {
    if (/outcome of a mail waits/.test(text)) outages++
  }
  const log = { error: () => {}, warn, info: () => {}, debug: () => {} } as never
  queue = createLocalQueue(() => createHandlers(runtime.context, delivery), {
    concurrency: 1,
    clock,
    onError: (error) => failures.push(error),
  })
  runtime = await openTestRuntime(client.db, [tally], { clock, smtpUrl: mails.url, queue })
  mailer = createMailer({ smtpUrl: mails.url, outbox: '', grace, clock, log })
  const delivery = { ...runtime.delivery, mailer, log }
  const october = { report: 'tally', period: '2026-10', accountId: 1, mail: true, trigger: 'http' } as const
  const { run } = await openRequestedRun(runtime.context, october)
  await until(() => outages >= 3, 'the outcome waits', 60)
  return run
}

it('the outcome waits for the database, says when the mail was sent, and the mail is not repeated', async () => {
  const { id } = await sendInto()
  clockAt = new Date(NOW.getTime() + 3_600_000)
  await startDatabase()
  const ended = await until(
    async () => {
      const run = await findRun(client.db, id)
      return run && !isOpen(run) && run
    },
    'the run ends',
    60,
  )
  expect(ended.status).toBe('succeeded')
  const deliveries = await client.db.selectFrom('deliveries').selectAll().execute()
  expect(deliveries).toMatchObject([{ status: 'sent', attempts: 1, sent_at: NOW, claimed_by: null }])
  expect(mails.messages).toHaveLength(1)
}, 120_000)

it('a process that ends lets go of it after its grace, and the claim stands for whoever comes next', async () => {
  await sendInto(200)
  expect(failures).toEqual([])
  await mailer.close()
  await until(() => failures.length > 0, 'it lets go')
  expect(failures).toMatchObject([{ code: 'ECONNREFUSED' }])
  await startDatabase()
  const rows = await until(
    () =>
      client.db
        .selectFrom('deliveries')
        .selectAll()
        .execute()
        .catch(() => undefined),
    'the database answers',
  )
  expect(rows).toMatchObject([{ status: 'sending', attempts: 1, message_id: expect.any(String) }])
}, 120_000)
