import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { afterAll, expect, it } from 'vitest'
import type { Run } from '../../db/ledger/runs/runs.ts'
import { freshDatabase } from '../support/database.ts'
import { makeMonths } from '../support/months.ts'
import { openRedis } from '../support/redis.ts'
import { type Installation, openInstallation } from './installation.ts'
import { openServer } from './postgres.ts'
import { generator } from './random.ts'
import { ALL_STEPS, countOf, killAtEachStep, killAtRandom } from './scenarios.ts'
import { hashesOf, tallyOf } from './tally.ts'
import { watch } from './watch.ts'

const PARTNERS = 400
const IN_FLIGHT = 10
const seed = Number(process.env.CRASH_SEED ?? Math.floor(Math.random() * 2 ** 31))
const random = generator(seed)
const redis = await openRedis()
const table: Record<string, number | string>[] = []
let reference: Map<string, string>

afterAll(async () => {
  await redis?.close()
  console.log(`CRASH_SEED=${seed} repeats the random choices`)
  console.table(table)
})

/** One line of the table: what `disturb` did to a run, and what came of it. */
function scenario(
  name: string,
  { mailRate = 50, on = 'postgres' }: { mailRate?: number; on?: 'postgres' | 'redis' },
  disturb: (installation: Installation, run: Run) => Promise<number>,
) {
  it.skipIf(on === 'redis' && !redis)(name, async () => {
    const database = await freshDatabase()
    await redis?.wipe()
    const redisUrl = on === 'redis' ? redis?.url : undefined
    const installation = await openInstallation(database, { partners: PARTNERS, mailRate, redisUrl })
    try {
      const run = await installation.openRun()
      await note(name, installation, run, await disturb(installation, run))
    } finally {
      await installation.close()
      await database.close()
    }
  })
}

async function note(name: string, installation: Installation, run: Run, kills: number): Promise<void> {
  const { status } = await installation.ended(run, 240)
  await pause(1000) // a mail too many would come now
  const { mails, repeats, losses, doubled } = await tallyOf(installation.db, run, installation.sink.mails)
  table.push({ scenario: name, kills, mails, repeats, 'at most': kills * IN_FLIGHT, doubled, losses })
  expect({ status, losses, doubled }).toEqual({ status: 'succeeded', losses: 0, doubled: 0 })
  expect(repeats).toBeLessThanOrEqual(kills * IN_FLIGHT)
  const hashes = await hashesOf(installation.db, run)
  reference ??= hashes
  expect(hashes).toEqual(reference)
}

const shareOut = (installation: Installation, share: number) =>
  watch(
    () => installation.sink.mails.length >= PARTNERS * share,
    () => `${share} of the mails are out`,
    150, // what a wiped queue has lost is queued again within a minute
  )

scenario('undisturbed', { mailRate: 1000 }, async (installation) => {
  installation.start()
  return 0
})

scenario('killed at every step', { mailRate: 30 }, async (installation, run) => {
  const kills = await killAtEachStep(installation, run, ALL_STEPS)
  expect(kills).toBe(countOf(ALL_STEPS))
  return kills
})

scenario('killed at random', {}, (installation, run) => killAtRandom(installation, run, { kills: 10, random }))

scenario('killed at random, on Redis', { on: 'redis' }, (installation, run) =>
  killAtRandom(installation, run, { kills: 10, random }),
)

scenario('Redis wiped three times', { on: 'redis', mailRate: 10 }, async (installation) => {
  installation.start()
  for (const share of [0.05, 0.2, 0.5]) {
    await shareOut(installation, share)
    await redis?.wipe()
  }
  return 0
})

scenario('Redis wiped with each kill', { on: 'redis' }, (installation, run) =>
  killAtRandom(installation, run, { kills: 5, random, between: async () => redis?.wipe() }),
)

scenario('one of two processes killed at random', {}, (installation, run) => {
  installation.start()
  return killAtRandom(installation, run, { kills: 6, random })
})

scenario('mail server down meanwhile', {}, async (installation) => {
  installation.start()
  await shareOut(installation, 0.3)
  await installation.sink.down()
  await pause(10_000)
  await installation.sink.up()
  return 1 // it was cut off in the middle of what it was taking
})

async function rowsOf({ db }: Installation, what: 'schedules' | 'runs'): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from ${sql.table(what)}
    where report = 'monthly-summary'`.execute(db)
  return rows[0]?.count ?? 0
}

it('PostgreSQL restarted three times', async () => {
  const server = await openServer()
  const installation = await openInstallation(server, { partners: PARTNERS, mailRate: 20 })
  try {
    const run = await installation.openRun()
    installation.start()
    for (const share of [0.1, 0.3, 0.6]) {
      await shareOut(installation, share)
      await server.restart(share > 0.5 ? 'SIGQUIT' : 'SIGINT')
    }
    await note('PostgreSQL restarted three times', installation, run, 0)
  } finally {
    await installation.close()
    await server.close()
  }
})

it('asleep over the slot', async () => {
  const database = await freshDatabase()
  const installation = await openInstallation(database, { partners: PARTNERS, mailRate: 200 })
  try {
    const first = installation.start()
    await watch(
      async () => (await rowsOf(installation, 'schedules')) > 0,
      () => `schedules; ${first.said()}`,
      60,
    )
    await first.kill()
    const slot = new Date(Date.now() - 3 * 60_000)
    const earned = new Date(Date.UTC(slot.getUTCFullYear(), slot.getUTCMonth() - 1, 5))
    await makeMonths(database.db, 'commissions', [earned])
    await sql`update commissions set earned_at = ${earned}, available_at = ${earned}`.execute(database.db)
    await sql`update schedules set created_at = now() - interval '90 days', enabled = report = 'monthly-summary',
      cron = ${`${slot.getUTCMinutes()} ${slot.getUTCHours()} * * *`}, timezone = 'UTC'`.execute(database.db)
    for (const _ of [1, 2, 3]) installation.start()
    await watch(
      async () => (await rowsOf(installation, 'runs')) > 0,
      () => 'the run is caught up',
      60,
    )
    const runs = await sql<Run>`select * from runs where report = 'monthly-summary'`.execute(database.db)
    expect(runs.rows).toHaveLength(1)
    await installation.ended(runs.rows[0] as Run)
    const tally = await tallyOf(database.db, runs.rows[0] as Run, installation.sink.mails)
    table.push({ scenario: 'asleep over the slot, three processes wake', kills: 0, 'at most': 0, ...tally })
    expect(tally).toEqual({ mails: PARTNERS, repeats: 0, losses: 0, doubled: 0 })
  } finally {
    await installation.close()
    await database.close()
  }
})
