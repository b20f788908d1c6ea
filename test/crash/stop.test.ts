import { afterEach, beforeEach, expect, it } from 'vitest'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { type Installation, openInstallation } from './installation.ts'
import { tallyOf } from './tally.ts'
import { watch } from './watch.ts'

const PARTNERS = 30
const GRACE_SECONDS = 25
let database: TestDatabase
let installation: Installation
beforeEach(async () => {
  database = await freshDatabase()
  installation = await openInstallation(database, { partners: PARTNERS, mailRate: 1000 })
})
afterEach(async () => {
  await installation.close()
  await database.close()
})

it('asked to end while the mail server takes its time, a process ends soon; the next one finishes', async () => {
  const { sink } = installation
  const run = await installation.openRun()
  sink.delay = 120_000
  const first = installation.start()
  await watch(
    () => sink.mails.length >= 10,
    () => `ten mails are on their way; ${first.said()}`,
    60,
  )
  first.child.kill('SIGTERM')
  await watch(
    () => first.child.exitCode !== null,
    () => 'the process ends',
    GRACE_SECONDS,
  )
  expect(first.child.exitCode).toBe(0)
  sink.delay = 0
  installation.start()
  expect((await installation.ended(run)).status).toBe('succeeded')
  const tally = await tallyOf(database.db, run, sink.mails)
  expect(tally).toMatchObject({ losses: 0, doubled: 0 })
  expect(tally.repeats).toBeLessThanOrEqual(10)
}, 200_000)
