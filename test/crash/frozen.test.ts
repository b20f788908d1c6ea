import { afterEach, beforeEach, expect, it } from 'vitest'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { openInstallation } from './installation.ts'
import { startSink } from './sink.ts'
import { watch } from './watch.ts'

const PARTNERS = 40
let database: TestDatabase
beforeEach(async () => {
  database = await freshDatabase()
})
afterEach(() => database.close())

it('a process that was frozen while another took its place with other settings sends nothing more, and says why', async () => {
  const installation = await openInstallation(database, { partners: PARTNERS, mailRate: 5 })
  const other = await startSink()
  const { db, sink } = installation
  const run = await installation.openRun()
  const frozen = installation.start()
  sink.onMoment = (moment) => {
    if (moment === 'dot' && sink.mails.length === 5) frozen.child.kill('SIGSTOP')
  }
  await watch(
    () => sink.mails.length >= 5,
    () => `mails leave; ${frozen.said()}`,
    60,
  )
  const held = await db.selectFrom('deliveries').select('address').where('status', '=', 'sending').execute()
  const before = sink.mails.length
  await watch(
    async () => {
      const rows = await db
        .selectFrom('workers')
        .select('id')
        .where('seen_at', '>', new Date(Date.now() - 20_000))
        .execute()
      return rows.length === 0
    },
    () => 'the frozen process is taken for dead',
    40,
  )
  const successor = installation.start({ env: { SMTP_URL: other.url } })
  await watch(
    () => other.mails.length >= 5,
    () => `the other sends; ${successor.said()}`,
    60,
  )
  frozen.child.kill('SIGCONT')
  await watch(
    () => frozen.said().includes('THIS PROCESS STANDS BACK'),
    () => `it says so; ${frozen.said()}`,
    30,
  )
  expect((await installation.ended(run)).status).toBe('succeeded')
  const late = sink.mails.slice(before).map(({ to }) => to)
  expect(held.map(({ address }) => address)).toEqual(expect.arrayContaining(late)) // on their way when it froze
  expect(new Set([...sink.mails, ...other.mails].map(({ to }) => to)).size).toBe(PARTNERS)
  expect(frozen.said()).toContain(`SMTP_URL: here ${sink.url}; agreed ${other.url}`)
  await other.close()
  await installation.close()
}, 180_000)
