import { afterAll, afterEach, beforeEach, expect, it } from 'vitest'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { openRedis } from '../support/redis.ts'
import { type Installation, openInstallation, type Process } from './installation.ts'
import { tallyOf } from './tally.ts'
import { watch } from './watch.ts'

const PARTNERS = 30
const GRACE_SECONDS = 25
const redis = await openRedis()
let database: TestDatabase
let installation: Installation
const install = async (redisUrl?: string) => {
  installation = await openInstallation(database, { partners: PARTNERS, mailRate: 1000, redisUrl })
}
beforeEach(async () => {
  database = await freshDatabase()
})
afterEach(async () => {
  await installation.close()
  await database.close()
})
afterAll(() => redis?.close())

const endsSoon = async ({ child }: Process) => {
  child.kill('SIGTERM')
  await watch(
    () => child.exitCode !== null,
    () => 'the process ends',
    GRACE_SECONDS,
  )
  expect(child.exitCode).toBe(0)
}

it('asked to end while the mail server takes its time, a process ends soon; the next one finishes', async () => {
  await install()
  const { sink } = installation
  const run = await installation.openRun()
  sink.delay = 120_000
  const first = installation.start()
  await watch(
    () => sink.mails.length >= 10,
    () => `ten mails are on their way; ${first.said()}`,
    60,
  )
  await endsSoon(first)
  sink.delay = 0
  installation.start()
  expect((await installation.ended(run)).status).toBe('succeeded')
  const tally = await tallyOf(database.db, run, sink.mails)
  expect(tally).toMatchObject({ losses: 0, doubled: 0 })
  expect(tally.repeats).toBeLessThanOrEqual(10)
}, 200_000)

it.runIf(redis)('asked to end, a process ends soon whether Redis is there or away', async () => {
  await install(redis?.url)
  const isUp = () => database.db.selectFrom('workers').select('id').executeTakeFirst()
  for (const away of [false, true]) {
    if (away) await redis?.goAway()
    const one = installation.start()
    await watch(
      async () => (await isUp()) !== undefined,
      () => `the process is up; ${one.said()}`,
      60,
    )
    await endsSoon(one)
  }
})
