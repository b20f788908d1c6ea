import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runCommandLine } from '../../../worker/cli/cli.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertAccount, insertCommission, insertPartner } from '../../support/factories.ts'
import { startMailServer } from '../../support/smtp.ts'
import { until } from '../../support/until.ts'

const NOW = new Date('2026-11-20T12:00:00Z')
let database: TestDatabase
let home: string
let server: Awaited<ReturnType<typeof startMailServer>>
beforeEach(async () => {
  database = await freshDatabase()
  home = await mkdtemp(join(tmpdir(), 'bursar-put-off-'))
  await insertAccount(database.db)
  for (const email of ['full@partners.example', 'ann@partners.example']) {
    const { partner_id } = await insertPartner(database.db, { email })
    await insertCommission(database.db, { partner_id, amount: 1, earned_at: '2026-10-05T12:00:00Z' })
  }
  server = await startMailServer({
    onRcptTo: ({ address }, _session, done) =>
      done(
        address.startsWith('full@') ? Object.assign(new Error('5.2.2 Mailbox is full'), { responseCode: 552 }) : null,
      ),
  })
})
afterEach(async () => {
  await server.close()
  await rm(home, { recursive: true, force: true })
  await database.close()
})

function run() {
  let said = ''
  const stderr = new Writable({
    write(chunk, _encoding, done) {
      said += String(chunk)
      done()
    },
  })
  const code = runCommandLine(['run', 'monthly-summary', '--period', '2026-10'], {
    env: { DATABASE_URL: database.url, BURSAR_HOME: home, SECRET: 'a-secret-of-this-test', SMTP_URL: server.url },
    stdout: new Writable({ write: (_chunk, _encoding, done) => done() }),
    stderr,
    clock: () => NOW,
    stopping: new AbortController().signal,
  })
  return { code, said: () => said }
}

const mails = () =>
  database.db
    .selectFrom('deliveries')
    .select(['address', 'status', 'reply', 'next_attempt_at'])
    .orderBy('address')
    .execute()

test('a mailbox that is full for long is not waited for: what is open, and until when, is said, and the status is 3', async () => {
  const { code, said } = run()
  await until(async () => (await mails()).find(({ reply }) => reply?.startsWith('552')), 'the first attempt is put off')
  await sql`update deliveries set next_attempt_at = '2026-11-20T13:00:00Z' where status = 'pending'`.execute(
    database.db,
  )
  expect(await code).toBe(3)
  expect(said()).toContain(
    '1 mail was put off by the mail server and waits on the ledger: tried again at 2026-11-20T13:00:00Z, given up at 2026-11-21T12:00:00Z.',
  )
  expect(await mails()).toMatchObject([
    { address: 'ann@partners.example', status: 'sent' },
    { address: 'full@partners.example', status: 'pending' },
  ])
  expect(await database.db.selectFrom('suppressions').selectAll().execute()).toEqual([])
})
